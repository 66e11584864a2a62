/** tensor. */
@NullMarked
package io.github.mdetr.core.tensor;

import org.jspecify.annotations.NullMarked;
