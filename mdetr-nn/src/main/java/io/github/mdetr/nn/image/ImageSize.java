package io.github.mdetr.nn.image;

/**
 * The size of an image in pixels.
 *
 * @param width pixels a row, at least 1
 * @param height rows, at least 1
 */
public record ImageSize(int width, int height) {
    /**
     * Checks the sides.
     *
     * @throws IllegalArgumentException if a side is less than 1
     */
    public ImageSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("image size: expected sides of at least 1, got " + width + "x" + height);
        }
    }

    /** Width × height. */
    public long pixels() {
        return (long) width * height;
    }

    /** {@code WIDTHxHEIGHT}. */
    @Override
    public String toString() {
        return width + "x" + height;
    }
}
