/** The operations on tensors, by concept; each holds its forward pass and its gradient side by side. */
@NullMarked
package io.github.mdetr.core.op;

import org.jspecify.annotations.NullMarked;
