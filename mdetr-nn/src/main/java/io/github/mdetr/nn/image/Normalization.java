package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * From 8-bit pixels to the model's floats: {@code (v / 255 - mean) / std} for each channel, every step rounded to
 * float32 as torchvision's {@code ToTensor} and {@code Normalize} do.
 *
 * <p>A channel has 256 possible values, so they are computed once.
 */
public final class Normalization {
    private static final Normalization IMAGENET =
            new Normalization(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

    private final float[] red;
    private final float[] green;
    private final float[] blue;

    /**
     * Mean and standard deviation of red, green and blue on the scale [0, 1].
     *
     * @throws IllegalArgumentException if either has not three values, or one is not finite, or a deviation is not positive
     */
    public Normalization(float[] mean, float[] std) {
        if (mean.length != 3 || std.length != 3) {
            throw new IllegalArgumentException("normalization: expected 3 means and 3 standard deviations, got "
                    + mean.length + " and " + std.length);
        }
        red = table(mean[0], std[0]);
        green = table(mean[1], std[1]);
        blue = table(mean[2], std[2]);
    }

    /** ImageNet's statistics, mean (0.485, 0.456, 0.406) and deviation (0.229, 0.224, 0.225): what MDETR uses. */
    public static Normalization imageNet() {
        return IMAGENET;
    }

    private static float[] table(float mean, float std) {
        if (!Float.isFinite(mean) || !Float.isFinite(std) || std <= 0) {
            throw new IllegalArgumentException(
                    "normalization: expected a finite mean and a positive deviation, got " + mean + " and " + std);
        }
        float[] table = new float[256];
        for (int v = 0; v < table.length; v++) {
            table[v] = (v / 255f - mean) / std;
        }
        return table;
    }

    /**
     * The image as floats, channels last.
     *
     * @return {@code [height, width, 3]}
     * @throws IllegalArgumentException if the image has more values than an array
     */
    public float[] apply(RgbImage image) {
        float[] values = new float[image.rgb().length];
        normalizeRow(image.rgb(), 0, values, image.width() * image.height());
        return values;
    }

    /**
     * A row of the image in a frame at least as large, zeros at the right of it and below.
     *
     * @param row gets {@code [frame width, 3]} values
     */
    void applyRow(RgbImage image, int y, float[] row) {
        int covered = y < image.height() ? image.width() : 0;
        normalizeRow(image.rgb(), y * image.width() * 3, row, covered);
        Arrays.fill(row, 3 * covered, row.length, 0);
    }

    private void normalizeRow(byte[] rgb, int from, float[] row, int pixels) {
        for (int i = 0, end = pixels * 3; i < end; i += 3) {
            row[i] = red[rgb[from + i] & 0xff];
            row[i + 1] = green[rgb[from + i + 1] & 0xff];
            row[i + 2] = blue[rgb[from + i + 2] & 0xff];
        }
    }
}
