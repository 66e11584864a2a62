package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A convolution: what it weighs a window's pixels by, what it adds, and how the window moves.
 *
 * @param weight [out, in / groups, kernelY, kernelX], plain or packed
 * @param bias [out] or null
 * @param window its strides, padding, dilation and groups
 */
public record Filter(Tensor weight, @Nullable Tensor bias, Window window) {

    /**
     * The image [B, H', W', out] that it makes of {@code image} [B, H, W, in].
     *
     * @throws IllegalArgumentException when the padded image is smaller than the window
     */
    public Shape output(Shape image) {
        return window.output(image, weight.dim(2), weight.dim(3), weight.dim(0));
    }
}
