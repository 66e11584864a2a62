/**
 * Checkpoint files: safetensors read and written, PyTorch {@code .pth} read without executing anything.
 *
 * <p>{@link io.github.mdetr.core.io.Checkpoint#open} is the way in; everything here is plain Java and knows no tensors but
 * stored ones.
 */
@NullMarked
package io.github.mdetr.core.io;

import org.jspecify.annotations.NullMarked;
