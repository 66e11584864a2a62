package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;

/**
 * Two-dimensional sine positions (DETR, Carion et al. 2020, appendix A.4). With y the count of image rows down to the
 * pixel, divided by (the count of all + 1e-6) and times 2π, feature k of D/2 is sin or cos (k even or odd) of
 * y / 10000^(2⌊k/2⌋/(D/2)); the same for columns. Features of y come first. Has no parameters.
 */
public final class SinePositions implements PositionEmbedding {
    private final int half;
    private final double[] frequency;

    /** {@code width} D features, half of them for each axis. */
    public SinePositions(int width) {
        half = width / 2;
        frequency = new double[half];
        for (int k = 0; k < half; k++) {
            frequency[k] = Math.pow(10000, -(double) (k - k % 2) / half);
        }
    }

    @Override
    public Tensor forward(ImagePadding padding, int rows, int columns) {
        float[] out = new float[padding.count() * rows * columns * 2 * half];
        int at = 0;
        for (int b = 0; b < padding.count(); b++) {
            int bottom = padding.rows(b, rows);
            int right = padding.columns(b, columns);
            float[] ys = axis(rows, bottom);
            float[] xs = axis(columns, right);
            float[] outside = new float[half]; // beyond the image along the other axis the count is 0
            waves(0, outside, 0);
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++, at += 2 * half) {
                    copy(x < right ? ys : outside, x < right ? y : 0, out, at);
                    copy(y < bottom ? xs : outside, y < bottom ? x : 0, out, at + half);
                }
            }
        }
        return Tensor.of(out, padding.count(), rows * columns, 2 * half);
    }

    /** Features [extent, D/2] along one axis of which the first {@code covered} are image. */
    private float[] axis(int extent, int covered) {
        float[] out = new float[extent * half];
        for (int i = 0; i < extent; i++) {
            waves(Math.min(i + 1, covered) / (covered + 1e-6) * 2 * Math.PI, out, i * half);
        }
        return out;
    }

    private void waves(double position, float[] out, int at) {
        for (int k = 0; k < half; k++) {
            double angle = position * frequency[k];
            out[at + k] = (float) (k % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
        }
    }

    private void copy(float[] axis, int index, float[] out, int at) {
        System.arraycopy(axis, index * half, out, at, half);
    }
}
