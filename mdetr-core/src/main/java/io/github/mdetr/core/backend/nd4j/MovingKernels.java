package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Filling and moving: assignments between views of one memory and another. */
final class MovingKernels {
    private MovingKernels() {}

    static void fill(Tensor out, double value) {
        if (out.dtype() == DType.BOOL) {
            Views.flat(out).assign(value != 0);
        } else {
            Views.flat(out).assign(value);
        }
    }

    static void copy(Tensor x, Tensor out) {
        Ops.assign(Views.flat(x), Views.flat(out));
    }

    static void permute(Tensor x, int[] axes, Tensor out) {
        long[] from = x.shape().strides();
        long[] strides = new long[axes.length];
        for (int k = 0; k < axes.length; k++) {
            strides[k] = from[axes[k]];
        }
        Ops.assign(Views.strided(x, 0, Views.longs(out.shape()), strides), Views.of(out));
    }

    static void slice(Tensor x, int axis, int from, Tensor out) {
        Ops.assign(part(x, axis, from, out.shape()), whole(out, axis));
    }

    static void place(Tensor x, int axis, int from, Tensor out) {
        Ops.assign(whole(x, axis), part(out, axis, from, x.shape()));
    }

    /** The part of {@code t} with extents {@code shape}, as [elements before the axis, elements from it on]. */
    private static INDArray part(Tensor t, int axis, int from, Shape shape) {
        Shape s = t.shape();
        long inner = s.inner(axis);
        return Views.strided(
                t, from * inner, new long[] {s.outer(axis), shape.dim(axis) * inner}, new long[] {s.dim(axis) * inner, 1
                });
    }

    private static INDArray whole(Tensor t, int axis) {
        Shape s = t.shape();
        return Views.of(t, s.outer(axis), s.dim(axis) * s.inner(axis));
    }

    static void broadcast(Tensor x, Tensor out) {
        Ops.assign(repeated(x, out.shape()), Views.of(out));
    }

    /** The elements of {@code x} as if repeated to {@code shape}, which they broadcast to. */
    static INDArray repeated(Tensor x, Shape shape) {
        long[] from = x.shape().strides();
        long[] strides = new long[Math.max(1, shape.rank())];
        int lead = shape.rank() - x.shape().rank();
        for (int i = lead; i < shape.rank(); i++) {
            strides[i] = x.shape().dim(i - lead) == 1 ? 0 : from[i - lead];
        }
        return Views.strided(x, 0, Views.longs(shape), strides);
    }
}
