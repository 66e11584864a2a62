package io.github.mdetr.nn.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * An image of 8-bit RGB pixels: {@code height} rows of {@code width} pixels of three bytes, red first, without gaps.
 *
 * <p>The array is shared, not copied, so that a photograph is held once; whoever hands one over no longer writes to it.
 */
public final class RgbImage {
    private final ImageSize size;
    private final byte[] rgb;

    /**
     * Wraps the pixels of an image.
     *
     * @param width pixels a row
     * @param height rows
     * @param rgb {@code [height, width, 3]} unsigned bytes, row-major; kept, not copied
     * @throws IllegalArgumentException if a side is less than 1 or the array's length is not width·height·3
     */
    public RgbImage(int width, int height, byte[] rgb) {
        this.size = new ImageSize(width, height);
        if (rgb.length != size.pixels() * 3) {
            throw new IllegalArgumentException(
                    "image " + size + ": expected " + size.pixels() * 3 + " bytes of RGB, got " + rgb.length);
        }
        this.rgb = rgb;
    }

    /** Pixels a row. */
    public int width() {
        return size.width();
    }

    /** Rows. */
    public int height() {
        return size.height();
    }

    /** Width and height. */
    public ImageSize size() {
        return size;
    }

    /** The pixels themselves, {@code [height, width, 3]}, not a copy. */
    public byte[] rgb() {
        return rgb;
    }

    /**
     * The pixel at column x of row y as {@code 0xRRGGBB}.
     *
     * @throws IndexOutOfBoundsException if it lies outside the image
     */
    public int pixel(int x, int y) {
        if (x < 0 || x >= width() || y < 0 || y >= height()) {
            throw new IndexOutOfBoundsException("pixel (" + x + ", " + y + ") of an image of " + size);
        }
        int at = (y * width() + x) * 3;
        return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | (rgb[at + 2] & 0xff);
    }

    /**
     * A copy of a part of the image.
     *
     * @param left first column
     * @param top first row
     * @throws IllegalArgumentException if the part reaches beyond the image
     */
    public RgbImage crop(int left, int top, ImageSize part) {
        if (left < 0 || top < 0 || left > width() - part.width() || top > height() - part.height()) {
            throw new IllegalArgumentException(
                    "crop of " + part + " at (" + left + ", " + top + "): reaches beyond the image of " + size);
        }
        int row = part.width() * 3;
        byte[] pixels = new byte[part.height() * row];
        for (int y = 0; y < part.height(); y++) {
            System.arraycopy(rgb, ((top + y) * width() + left) * 3, pixels, y * row, row);
        }
        return new RgbImage(part.width(), part.height(), pixels);
    }

    /** A copy with left and right exchanged. */
    public RgbImage mirrored() {
        byte[] pixels = new byte[rgb.length];
        int row = width() * 3;
        for (int from = 0; from < rgb.length; from += 3) {
            int start = from - from % row;
            int to = start + row - 3 - (from - start);
            pixels[to] = rgb[from];
            pixels[to + 1] = rgb[from + 1];
            pixels[to + 2] = rgb[from + 2];
        }
        return new RgbImage(width(), height(), pixels);
    }

    /**
     * The pixels of a Java2D image, converted to sRGB by Java2D; alpha is dropped. To get the values that a model was
     * trained on, read files with {@link ImageReader} instead: ImageIO converts colour profiles.
     */
    public static RgbImage of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int pixel : row) {
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** A copy as a Java2D image of type {@link BufferedImage#TYPE_INT_RGB}. */
    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width()];
        for (int y = 0; y < height(); y++) {
            for (int x = 0; x < row.length; x++) {
                row[x] = pixel(x, y);
            }
            image.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return image;
    }

    /** Whether the other is an image of the same size and pixels. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image && size.equals(image.size) && Arrays.equals(rgb, image.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * size.hashCode() + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[" + size + "]";
    }
}
