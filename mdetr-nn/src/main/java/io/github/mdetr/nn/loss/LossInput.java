package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Checks what a loss is given and brings plain arrays into tensors; errors name the argument and the place in it. */
final class LossInput {
    private LossInput() {}

    static void shape(String what, Tensor t, Shape expected) {
        if (!t.shape().equals(expected)) {
            throw new IllegalArgumentException(what + ": expected shape " + expected + ", got " + t.shape());
        }
    }

    static void rank(String what, Tensor t, int rank) {
        if (t.shape().rank() != rank) {
            throw new IllegalArgumentException(what + ": expected " + rank + " axes, got shape " + t.shape());
        }
    }

    static void positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + ": expected a number above 0, got " + value);
        }
    }

    /** [N] of finite numbers. */
    static Tensor vector(String what, float[] values) {
        for (int i = 0; i < values.length; i++) {
            finite(what + "[" + i + "]", values[i]);
        }
        return Tensor.of(values, values.length);
    }

    /** [N, M] of finite numbers; M is 0 without rows. */
    static Tensor matrix(String what, float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new IllegalArgumentException(
                        what + "[" + i + "]: expected " + width + " values as in row 0, got " + rows[i].length);
            }
            for (int j = 0; j < width; j++) {
                finite(what + "[" + i + "][" + j + "]", rows[i][j]);
            }
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return Tensor.of(all, rows.length, width);
    }

    private static void finite(String what, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(what + ": expected a finite number, got " + value);
        }
    }
}
