package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;
import java.util.Arrays;

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

    /**
     * A tensor of finite numbers. For what a caller brings: within the criterion the matcher and {@code Target} have looked at
     * it already.
     */
    static void finite(String what, Tensor t) {
        float[] values = t.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                finite(what + place(i, t.shape()), values[i]);
            }
        }
    }

    /** A tensor of logits [..., C]: finite numbers, or −∞ for what is masked. */
    static void logits(String what, Tensor t) {
        float[] values = t.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!isLogit(values[i])) {
                throw new IllegalArgumentException(
                        what + place(i, t.shape()) + ": expected a finite number, got " + values[i]);
            }
        }
    }

    private static boolean isLogit(float value) {
        return Float.isFinite(value) || value == Float.NEGATIVE_INFINITY;
    }

    /** A tensor of finite numbers from {@code low} to {@code high}. */
    static void range(String what, Tensor t, float low, float high) {
        float[] values = t.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= low && values[i] <= high)) {
                throw new IllegalArgumentException(what + place(i, t.shape()) + ": expected a number "
                        + (high == Float.MAX_VALUE ? "of " + low + " or more" : "from " + low + " to " + high)
                        + ", got "
                        + values[i]);
            }
        }
    }

    /** Boxes [N, 4] as cxcywh: finite, with a size of 0 or more, or above it. */
    static void boxes(String what, Tensor t, boolean withArea) {
        float[] values = t.toFloats();
        float[][] rows = new float[values.length / 4][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, 4 * i, 4 * i + 4);
        }
        Boxes.checkCxcywh(what, rows, withArea);
    }

    /** Of an element, such as {@code [2][0]}. */
    private static String place(int index, Shape shape) {
        StringBuilder place = new StringBuilder();
        int rest = index;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            place.insert(0, "[" + rest % shape.dim(axis) + "]");
            rest /= shape.dim(axis);
        }
        return place.toString();
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
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                finite(what + "[" + i + "][" + j + "]", rows[i][j]);
            }
        }
        return rows(what, rows);
    }

    /** [N, M] of whatever numbers. */
    static Tensor rows(String what, float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] all = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new IllegalArgumentException(
                        what + "[" + i + "]: expected " + width + " values as in row 0, got " + rows[i].length);
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
