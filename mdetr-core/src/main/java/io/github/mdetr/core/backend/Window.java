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
     * This window with TensorFlow's "same" padding of {@code image} [B, H, W, C]: ⌈extent/stride⌉ windows on each axis, an
     * odd line of padding below or on the right.
     */
    public Window same(Shape image, int kernelY, int kernelX) {
        int vertical = lacking(image.dim(1), kernelY, strideY);
        int horizontal = lacking(image.dim(2), kernelX, strideX);
        int above = vertical / 2;
        int before = horizontal / 2;
        return new Window(strideY, strideX, above, before, vertical - above, horizontal - before, dilation, groups);
    }

    /** What as many windows as that reach beyond the image. */
    private int lacking(int extent, int kernel, int stride) {
        int windows = (extent + stride - 1) / stride;
        return Math.max(0, (windows - 1) * stride + span(kernel) - extent);
    }

    /** Lines from the first to the last of {@code kernel} taps. */
    public int span(int kernel) {
        return dilation * (kernel - 1) + 1;
    }

    /** This window with other padding above and below. */
    public Window padded(int above, int below) {
        return new Window(strideY, strideX, above, left, below, right, dilation, groups);
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
        int span = span(kernel);
        int room = image.dim(axis) + padding - span;
        if (room < 0) {
            throw new IllegalArgumentException("window of " + span + " does not fit axis " + axis + " of image " + image
                    + " with padding " + padding);
        }
        return room / stride + 1;
    }
}
