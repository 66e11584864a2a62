package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Storage;
import io.github.mdetr.core.tensor.Tensor;

/** A tensor's Java array, after making sure that it is one of ours and of the type the kernel takes. */
final class Heap {
    private Heap() {}

    static HeapStorage storage(Tensor t) {
        Storage s = t.storage();
        if (s instanceof HeapStorage h) {
            return h;
        }
        throw new IllegalArgumentException("reference: " + t
                + (s.isPacked()
                        ? " is packed; this kernel takes plain tensors, unpack it first"
                        : " lives on backend " + s.device().name()));
    }

    static float[] floats(Tensor t) {
        require(t, DType.FLOAT32);
        return (float[]) storage(t).array();
    }

    static int[] ints(Tensor t) {
        require(t, DType.INT32);
        return (int[]) storage(t).array();
    }

    static byte[] mask(Tensor t) {
        require(t, DType.BOOL);
        return (byte[]) storage(t).array();
    }

    /** Index of the first element in the array. */
    static int at(Tensor t) {
        return Math.toIntExact(t.offset());
    }

    static int size(Tensor t) {
        return Math.toIntExact(t.size());
    }

    /** The elements in double precision. */
    static double[] doubles(Tensor t) {
        float[] a = floats(t);
        int at = at(t);
        double[] out = new double[size(t)];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[at + i];
        }
        return out;
    }

    /** Rounds {@code values} into {@code out}. */
    static void store(double[] values, Tensor out) {
        if (values.length != out.size()) {
            throw new IllegalArgumentException("reference: " + values.length + " values into " + out);
        }
        float[] a = floats(out);
        int at = at(out);
        for (int i = 0; i < values.length; i++) {
            a[at + i] = (float) values[i];
        }
    }

    private static void require(Tensor t, DType expected) {
        if (t.dtype() != expected) {
            throw new IllegalArgumentException("reference: expected " + expected + ", got " + t);
        }
    }
}
