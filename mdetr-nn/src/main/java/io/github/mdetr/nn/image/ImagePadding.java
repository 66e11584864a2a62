package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * What of a padded batch is image: images lie at the upper left of a common frame, the rest of it is padding. At a
 * feature map the mask is resized by nearest neighbour, source index ⌊i·in/out⌋. PyTorch forms in/out in float32, which
 * gives the same indices for all frames up to 1400 pixels at strides 4 to 32.
 */
public final class ImagePadding {
    private final int frameHeight;
    private final int frameWidth;
    private final int[] heights;
    private final int[] widths;

    private ImagePadding(int frameHeight, int frameWidth, int[] heights, int[] widths) {
        this.frameHeight = frameHeight;
        this.frameWidth = frameWidth;
        this.heights = heights;
        this.widths = widths;
    }

    /**
     * Images of the given sizes within a frame.
     *
     * @param frameHeight H, rows of the frame
     * @param frameWidth W, its columns
     * @param heights rows of each image [B]
     * @param widths columns of each image [B]
     * @throws IllegalArgumentException when an image is empty or larger than the frame
     */
    public static ImagePadding of(int frameHeight, int frameWidth, int[] heights, int[] widths) {
        if (heights.length != widths.length) {
            throw new IllegalArgumentException(
                    "image sizes: got " + heights.length + " heights and " + widths.length + " widths");
        }
        for (int b = 0; b < heights.length; b++) {
            if (heights[b] < 1 || widths[b] < 1 || heights[b] > frameHeight || widths[b] > frameWidth) {
                throw new IllegalArgumentException("image " + b + ": size " + heights[b] + "×" + widths[b]
                        + " must lie within the batch's frame of " + frameHeight + "×" + frameWidth);
            }
        }
        return new ImagePadding(frameHeight, frameWidth, heights.clone(), widths.clone());
    }

    /** {@code count} images that fill their frame. */
    public static ImagePadding none(int count, int frameHeight, int frameWidth) {
        int[] heights = new int[count];
        int[] widths = new int[count];
        Arrays.fill(heights, frameHeight);
        Arrays.fill(widths, frameWidth);
        return of(frameHeight, frameWidth, heights, widths);
    }

    /** B, the number of images. */
    public int count() {
        return heights.length;
    }

    /** H, rows of the frame. */
    public int frameHeight() {
        return frameHeight;
    }

    /** W, columns of the frame. */
    public int frameWidth() {
        return frameWidth;
    }

    /** How many of a feature map's {@code rows} rows are image {@code b}'s: those from the first on. */
    public int rows(int b, int rows) {
        return covered(heights[b], frameHeight, rows);
    }

    /** How many of a feature map's {@code columns} columns are image {@code b}'s: those from the first on. */
    public int columns(int b, int columns) {
        return covered(widths[b], frameWidth, columns);
    }

    /** Number of i in [0, out) with ⌊i·in/out⌋ &lt; extent. */
    private static int covered(int extent, int in, int out) {
        return (int) Math.min(out, ((long) extent * out + in - 1) / in);
    }

    /** The mask at a feature map: {@code [B, rows, columns]}, row-major, true on padding. */
    public boolean[] mask(int rows, int columns) {
        boolean[] mask = new boolean[Math.multiplyExact(Math.multiplyExact(count(), rows), columns)];
        int at = 0;
        for (int b = 0; b < count(); b++) {
            int bottom = rows(b, rows);
            int right = columns(b, columns);
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    mask[at++] = y >= bottom || x >= right;
                }
            }
        }
        return mask;
    }
}
