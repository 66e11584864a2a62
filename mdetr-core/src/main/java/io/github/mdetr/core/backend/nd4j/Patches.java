package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The windows of an image as views of it: overlapping windows are a matter of strides, so that collecting them is one
 * assignment. ND4J's im2col, channels first, takes ten times longer, and its convolutions are made of it.
 *
 * @param image [B, H, W, C] with the padding that the windows reach into
 * @param top rows of padding above
 * @param left columns of padding on the left
 */
record Patches(Tensor image, int top, int left, int kernelY, int kernelX, Window window, int height, int width) {

    /** The windows of {@code kernelY × kernelX} of {@code x}, whose results have {@code rows × columns} pixels. */
    static Patches of(
            Nd4jBackend backend, Tensor x, int kernelY, int kernelX, Window window, Shape result, double padding) {
        Patches p = blank(backend, x, kernelY, kernelX, window, result);
        if (p.image != x) {
            MovingKernels.fill(p.image, padding);
            Ops.assign(Views.of(x), p.inside(x.shape()));
        }
        return p;
    }

    /** The same without the values: a place to add up gradients; {@code x} itself where there is no padding. */
    static Patches blank(Nd4jBackend backend, Tensor x, int kernelY, int kernelX, Window window, Shape result) {
        Shape s = x.shape();
        boolean padded = window.top() + window.left() + window.bottom() + window.right() > 0;
        Tensor image = padded
                ? backend.scratch(s.with(1, s.dim(1) + window.top() + window.bottom())
                        .with(2, s.dim(2) + window.left() + window.right()))
                : x;
        return new Patches(image, window.top(), window.left(), kernelY, kernelX, window, result.dim(1), result.dim(2));
    }

    private long row() {
        return (long) image.dim(2) * image.dim(3);
    }

    private long picture() {
        return image.dim(1) * row();
    }

    /** The image without its padding. */
    INDArray inside(Shape unpadded) {
        long c = image.dim(3);
        return Views.strided(image, top * row() + left * c, Views.longs(unpadded), new long[] {picture(), row(), c, 1});
    }

    /** Whether a window is one pixel and the windows are all the pixels. */
    boolean isWhole() {
        return kernelY * kernelX == 1
                && window.strideY() == 1
                && window.strideX() == 1
                && image.dim(1) == height
                && image.dim(2) == width;
    }

    /**
     * The windows of result rows {@code from} to {@code from + rows} of image {@code b}, {@code channels} from
     * {@code channel} on: [rows, width, kernelY, kernelX, channels].
     */
    INDArray windows(int b, int from, int rows, int channel, int channels) {
        long c = image.dim(3);
        long first = b * picture() + (long) from * window.strideY() * row() + channel;
        long stepY = window.dilation() * row();
        long stepX = window.dilation() * c;
        if (channels == c && window.dilation() == 1) { // a window's row is one run
            return Views.strided(image, first, new long[] {rows, width, kernelY, kernelX * c}, new long[] {
                window.strideY() * row(), window.strideX() * c, stepY, 1
            });
        }
        return Views.strided(image, first, new long[] {rows, width, kernelY, kernelX, channels}, new long[] {
            window.strideY() * row(), window.strideX() * c, stepY, stepX, 1
        });
    }

    /** The pixel at {@code (y, x)} of each window of every image: [B, height, width, C]. */
    INDArray tap(int y, int x) {
        return tap(0, image.dim(0), 0, height, y, x, 0, image.dim(3));
    }

    /** The pixel at {@code (y, x)} of the windows of some images, result rows and channels. */
    INDArray tap(int b, int images, int from, int rows, int y, int x, int channel, int channels) {
        long c = image.dim(3);
        long first = b * picture()
                + ((long) from * window.strideY() + (long) y * window.dilation()) * row()
                + (long) x * window.dilation() * c
                + channel;
        return Views.strided(image, first, new long[] {images, rows, width, channels}, new long[] {
            picture(), window.strideY() * row(), window.strideX() * c, 1
        });
    }
}
