package io.github.mdetr.nn.image;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Images resized for the model and laid side by side in memory: each at the upper left of a common frame as large as
 * the largest, padded with zeros at the right and bottom.
 *
 * <p>The pixels stay bytes until they are written where the model wants them, {@link #normalizeInto}, so that a float
 * copy exists once.
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

    /** B·H·W·3, the floats of the normalized batch. */
    public long elements() {
        return Math.multiplyExact(padded.pixels() * 3, (long) count());
    }

    /**
     * Writes the normalized pixels, zeros on padding.
     *
     * @param normalization mean and deviation
     * @param destination heap or direct; {@code [B, H, W, 3]} values are written from its position on, which moves
     *     behind them
     * @throws IllegalArgumentException if the buffer lacks room
     */
    public void normalizeInto(Normalization normalization, FloatBuffer destination) {
        if (destination.remaining() < elements()) {
            throw new IllegalArgumentException("image batch [" + count() + ", " + height() + ", " + width()
                    + ", 3]: expected room for " + elements() + " floats, got " + destination.remaining());
        }
        for (RgbImage image : images) {
            normalization.apply(image, padded, destination);
        }
    }

    /**
     * The normalized pixels as an array, zeros on padding.
     *
     * @return {@code [B, H, W, 3]}
     * @throws IllegalArgumentException if the batch has more values than an array
     */
    public float[] normalized(Normalization normalization) {
        float[] values = new float[arrayLength(elements())];
        normalizeInto(normalization, FloatBuffer.wrap(values));
        return values;
    }

    private int arrayLength(long elements) {
        if (elements > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("image batch of " + count() + " images of " + padded
                    + ": more values than one array holds; use fewer images a batch");
        }
        return (int) elements;
    }
}
