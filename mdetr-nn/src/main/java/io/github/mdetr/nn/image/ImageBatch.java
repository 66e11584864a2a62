package io.github.mdetr.nn.image;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Images resized for the model and laid side by side in memory: each at the upper left of a common frame as large as
 * the largest, padded with zeros at the right and bottom.
 *
 * <p>The pixels stay bytes until they are read as floats, {@link #read}, some at a time: a batch in floats exists
 * where the model wants it, and nowhere else.
 */
public final class ImageBatch {
    private final List<RgbImage> images;
    private final ImageSize padded;

    private ImageBatch(List<RgbImage> images) {
        if (images.isEmpty()) {
            throw new IllegalArgumentException("image batch: expected at least one image, got none");
        }
        this.images = List.copyOf(images);
        int width = 0;
        int height = 0;
        for (RgbImage image : images) {
            width = Math.max(width, image.width());
            height = Math.max(height, image.height());
        }
        this.padded = new ImageSize(width, height);
    }

    /**
     * A batch of images as they are.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ImageBatch of(List<RgbImage> images) {
        return new ImageBatch(images);
    }

    /**
     * A batch of images resized by a policy.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ImageBatch resized(List<RgbImage> images, ResizePolicy policy) {
        return new ImageBatch(images.stream()
                .map(image -> BilinearResize.resize(image, policy.apply(image.size())))
                .toList());
    }

    /** B, the number of images. */
    public int count() {
        return images.size();
    }

    /** H, rows of the padded frame. */
    public int height() {
        return padded.height();
    }

    /** W, columns of the padded frame. */
    public int width() {
        return padded.width();
    }

    /** Size of an image in the batch, after resizing and without its padding. */
    public ImageSize size(int index) {
        return images.get(index).size();
    }

    /** What of each frame is image. */
    public ImagePadding padding() {
        return ImagePadding.of(
                height(),
                width(),
                images.stream().mapToInt(RgbImage::height).toArray(),
                images.stream().mapToInt(RgbImage::width).toArray());
    }

    /**
     * Reads normalized pixels {@code [B, H, W, 3]}, zeros on padding.
     *
     * @param normalization mean and deviation
     * @param from the first value to read, row-major
     * @param destination heap or direct; as many values as it has room for are written from its position on, which moves
     *     behind them
     * @throws IllegalArgumentException if there are fewer from that one on
     */
    public void read(Normalization normalization, long from, FloatBuffer destination) {
        int length = 3 * width();
        long end = from + destination.remaining();
        long all = Math.multiplyExact(padded.pixels() * 3, (long) count());
        if (from < 0 || end > all) {
            throw new IllegalArgumentException("image batch [" + count() + ", " + height() + ", " + width() + ", 3]: "
                    + "expected values within [0, " + all + "), got [" + from + ", " + end + ")");
        }
        float[] row = new float[length];
        long at = from;
        while (at < end) {
            int skipped = (int) (at % length);
            int n = (int) Math.min(end - at, length - skipped);
            long y = at / length;
            normalization.applyRow(images.get((int) (y / height())), (int) (y % height()), row);
            destination.put(row, skipped, n);
            at += n;
        }
    }
}
