/** What a training leaves to read: measured numbers as JSON lines and TensorBoard events, and a line of progress. */
@NullMarked
package io.github.mdetr.nn.training.log;

import org.jspecify.annotations.NullMarked;
