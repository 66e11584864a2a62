/** Boxes; each type has one convention. */
@NullMarked
package io.github.mdetr.nn.box;

import org.jspecify.annotations.NullMarked;
