/** Training: examples to batches, steps, checkpoints that survive anything, and runs that continue bit for bit. */
@NullMarked
package io.github.mdetr.nn.training;

import org.jspecify.annotations.NullMarked;
