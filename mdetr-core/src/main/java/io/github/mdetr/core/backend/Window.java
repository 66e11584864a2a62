package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Shape;

/**
 * How a convolution or pooling window moves over an image.
 *
 * @param strideY rows between two windows
 * @param strideX columns between two windows
 * @param top rows of padding above
 * @param left columns of padding on the left
 * @param bottom rows of padding below
 * @param right columns of padding on the right
 * @param dilation distance between the taps of a window, 1 for adjacent (PyTorch's convention)
 * @param groups number of independent channel groups
 */
public record Window(int strideY, int strideX, int top, int left, int bottom, int right, int dilation, int groups) {

    /** Validates. */
    public Window {
        if (strideY < 1 || strideX < 1 || dilation < 1 || groups < 1) {
            throw new IllegalArgumentException("window: stride, dilation and groups must be 1 or more, got stride "
                    + strideY + "×" + strideX + ", dilation " + dilation + ", groups " + groups);
        }
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new IllegalArgumentException("window: padding must be 0 or more, got top " + top + ", left " + left
                    + ", bottom " + bottom + ", right " + right);
        }
    }

    /** Equal stride and padding on both axes. */
    public static Window of(int stride, int padding) {
        return new Window(stride, stride, padding, padding, padding, padding, 1, 1);
    }

    /**
     * Padded as TensorFlow's "same": ⌈extent/stride⌉ windows on each axis of {@code image} [B, H, W, C], an odd line of
     * padding below or on the right.
     */
    public static Window same(Shape image, int kernel, int stride) {
        int vertical = padding(image.dim(1), kernel, stride);
        int horizontal = padding(image.dim(2), kernel, stride);
        int top = vertical / 2;
        int left = horizontal / 2;
        return new Window(stride, stride, top, left, vertical - top, horizontal - left, 1, 1);
    }

    /** What the last of the windows reaches beyond the image. */
    private static int padding(int extent, int kernel, int stride) {
        int windows = (extent + stride - 1) / stride;
        return Math.max(0, (windows - 1) * stride + kernel - extent);
    }

    /** This window with a dilation. */
    public Window dilated(int by) {
        return new Window(strideY, strideX, top, left, bottom, right, by, groups);
    }

    /** This window on channel groups. */
    public Window grouped(int n) {
        return new Window(strideY, strideX, top, left, bottom, right, dilation, n);
    }

    /**
     * The image [B, H', W', channels] that this window of {@code kernelY × kernelX} makes of {@code image} [B, H, W, C].
     *
     * @throws IllegalArgumentException when the padded image is smaller than the window
     */
    public Shape output(Shape image, int kernelY, int kernelX, int channels) {
        return Shape.of(
                image.dim(0),
                extent(image, 1, top + bottom, kernelY, strideY),
                extent(image, 2, left + right, kernelX, strideX),
                channels);
    }

    private int extent(Shape image, int axis, int padding, int kernel, int stride) {
        int span = dilation * (kernel - 1) + 1;
        int room = image.dim(axis) + padding - span;
        if (room < 0) {
            throw new IllegalArgumentException("window of " + span + " does not fit axis " + axis + " of image " + image
                    + " with padding " + padding);
        }
        return room / stride + 1;
    }
}
