/** Comparison with reference numbers at weights that a formula gives, so that no weights need to be stored. */
@NullMarked
package io.github.mdetr.nn.parity;

import org.jspecify.annotations.NullMarked;
