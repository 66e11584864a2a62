package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.util.List;

/**
 * What a call would put into a model and the memory that it would take there, told from sizes alone.
 *
 * @param images B, as many as are encoded
 * @param frame width and height that all are padded to, in pixels
 * @param imageTokens cells of the last feature map of each image, with its padding
 * @param bytes tensors at the peak, weights not counted: the widest part of the backbone or of the transformer, whichever
 *     takes more. Within a factor of two of what is measured on large images
 */
public record MemoryEstimate(int images, ImageSize frame, long imageTokens, long bytes) {
    private static final int FLOAT = 4;

    /** Tokens, positions, memory, queries, keys, values, the attended and two sums. */
    private static final int WIDTHS = 10;

    /**
     * The estimate for images of these sizes.
     *
     * @param sizes of the images as they go into the model, after resizing, at least one
     * @param pairs of an image with a caption that are grounded at once
     * @param textTokens of the longest caption
     */
    public static MemoryEstimate of(
            MdetrConfig config, Device device, List<ImageSize> sizes, int pairs, int textTokens) {
        int width = sizes.stream().mapToInt(ImageSize::width).max().orElseThrow();
        int height = sizes.stream().mapToInt(ImageSize::height).max().orElseThrow();
        int stride = config.dilation() ? 16 : 32;
        long cells = (long) ceil(width, stride) * ceil(height, stride);
        ImageSize frame = new ImageSize(width, height);
        double pixels = (double) sizes.size() * frame.pixels();
        double backbone = FLOAT * pixels * config.backbone().floatsPerPixel();
        TransformerConfig t = config.transformer();
        double rows = cells + (double) textTokens;
        double each = rows * (WIDTHS * (double) t.width() + t.feedForward());
        double scores = device.attendsInParts() ? 0 : 2.0 * t.heads() * rows * rows; // before and after softmax
        double kept = sizes.size() * (double) cells * config.backbone().channels();
        double transformer = FLOAT * (pairs * (each + scores) + kept + 3 * pixels);
        return new MemoryEstimate(sizes.size(), frame, cells, (long) Math.max(backbone, transformer));
    }

    private static int ceil(int length, int stride) {
        return (int) (((long) length + stride - 1) / stride);
    }
}
