package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;

/** What a tensor holds, as a Java array: {@code float[]}, {@code int[]} or {@code boolean[]}. */
record Host(Shape shape, Object data) {
    private static final int PADDING = 3;
    private static final float GUARD = 12345.5f;

    static Host uninitialized(int... dims) {
        float[] v = new float[(int) Shape.of(dims).size()];
        Arrays.fill(v, Float.NaN);
        return new Host(Shape.of(dims), v);
    }

    static Host of(float[] values, int... dims) {
        return new Host(Shape.of(dims), values);
    }

    static Host of(int[] values, int... dims) {
        return new Host(Shape.of(dims), values);
    }

    static Host of(boolean[] values, int... dims) {
        return new Host(Shape.of(dims), values);
    }

    DType dtype() {
        return data instanceof float[] ? DType.FLOAT32 : data instanceof int[] ? DType.INT32 : DType.BOOL;
    }

    float[] floats() {
        return (float[]) data;
    }

    static Host read(Tensor t) {
        return new Host(
                t.shape(),
                switch (t.dtype()) {
                    case FLOAT32 -> t.toFloats();
                    case INT32 -> t.toInts();
                    case BOOL -> t.toBooleans();
                    case BFLOAT16, FLOAT16 -> throw new IllegalArgumentException("read of " + t);
                });
    }

    /** A tensor that is a block of its own. */
    Tensor plain() {
        return make(data, shape);
    }

    /** A tensor in the midst of a block: {@link #block} viewed from its fourth element on. */
    Tensor inside(Tensor block) {
        return block.rows(PADDING, (int) shape.size()).view(shape);
    }

    /** These values with three guards on either side. */
    Tensor block() {
        int n = (int) shape.size();
        Object padded = switch (dtype()) {
            case FLOAT32 -> {
                float[] v = new float[n + 2 * PADDING];
                Arrays.fill(v, GUARD);
                yield v;
            }
            case INT32 -> {
                int[] v = new int[n + 2 * PADDING];
                Arrays.fill(v, (int) GUARD);
                yield v;
            }
            default -> new boolean[n + 2 * PADDING];
        };
        System.arraycopy(data, 0, padded, PADDING, n);
        return make(padded, Shape.of(n + 2 * PADDING));
    }

    /** Whether a kernel has written beside the view of a block. */
    static boolean guardsStand(Tensor block) {
        int n = (int) block.size();
        for (int i = 0; i < n; i++) {
            if (i < PADDING || i >= n - PADDING) {
                boolean stands = switch (block.dtype()) {
                    case FLOAT32 -> block.toFloats()[i] == GUARD;
                    case INT32 -> block.toInts()[i] == (int) GUARD;
                    default -> !block.toBooleans()[i];
                };
                if (!stands) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Tensor make(Object data, Shape shape) {
        if (data instanceof float[] f) {
            return Tensor.of(f, shape.dims());
        }
        return data instanceof int[] i ? Tensor.of(i, shape) : Tensor.of((boolean[]) data, shape);
    }

    /** Equal in every bit. */
    boolean same(Host o) {
        return data instanceof float[] f
                ? Arrays.equals(f, o.floats())
                : data instanceof int[] i
                        ? Arrays.equals(i, (int[]) o.data)
                        : Arrays.equals((boolean[]) data, (boolean[]) o.data);
    }
}
