/** Reverse-mode differentiation: a tape of what was computed, and one walk back over it. */
@NullMarked
package io.github.mdetr.core.autograd;

import org.jspecify.annotations.NullMarked;
