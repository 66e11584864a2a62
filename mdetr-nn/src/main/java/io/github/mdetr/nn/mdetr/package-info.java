/** MDETR: the model put together, its configuration, inputs and outputs. */
@NullMarked
package io.github.mdetr.nn.mdetr;

import org.jspecify.annotations.NullMarked;
