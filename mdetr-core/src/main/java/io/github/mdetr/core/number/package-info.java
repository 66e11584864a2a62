/** Bit patterns of numbers that Java has no type for. */
@NullMarked
package io.github.mdetr.core.number;

import org.jspecify.annotations.NullMarked;
