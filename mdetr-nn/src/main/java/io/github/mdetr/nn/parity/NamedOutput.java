package io.github.mdetr.nn.parity;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Values of an output, row-major; a mask's are 0 and 1. */
final class NamedOutput {
    private final Shape shape;
    private final float[] values;

    NamedOutput(Shape shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /** A copy of a tensor of floats or a mask. */
    static NamedOutput of(Tensor t) {
        if (t.dtype() != DType.BOOL) {
            return new NamedOutput(t.shape(), t.toFloats());
        }
        boolean[] set = t.toBooleans();
        float[] values = new float[set.length];
        for (int i = 0; i < set.length; i++) {
            values[i] = set[i] ? 1 : 0;
        }
        return new NamedOutput(t.shape(), values);
    }

    /** The rows of a positive map. */
    static NamedOutput of(float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] values = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * width, width);
        }
        return new NamedOutput(Shape.of(rows.length, width), values);
    }

    Shape shape() {
        return shape;
    }

    /** The mean absolute difference from another of the same shape. */
    double meanDifference(NamedOutput other) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.abs((double) values[i] - other.values[i]);
        }
        return sum / values.length;
    }

    /** The largest absolute difference from another of the same shape; NaN when any difference is. */
    double difference(NamedOutput other) {
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs((double) values[i] - other.values[i])); // Math.max keeps NaN
        }
        return largest;
    }
}
