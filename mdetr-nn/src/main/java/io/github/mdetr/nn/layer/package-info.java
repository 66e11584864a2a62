/** layer. */
@NullMarked
package io.github.mdetr.nn.layer;

import org.jspecify.annotations.NullMarked;
