package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;

/**
 * One value of many. Sums are products with a vector of ones: BLAS adds up in many lanes, where ND4J's own sum, one term
 * after the other, is some twenty times farther off.
 */
final class ReductionKernels {
    private final Nd4jBackend backend;

    ReductionKernels(Nd4jBackend backend) {
        this.backend = backend;
    }

    void reduce(Reduce how, Tensor x, Tensor out) {
        if (x.size() == 0) {
            MovingKernels.fill(
                    out,
                    switch (how) {
                        case SUM -> 0;
                        case MEAN -> Double.NaN;
                        case MAX -> Double.NEGATIVE_INFINITY;
                    });
            return;
        }
        Shape left = x.shape();
        Tensor from = x;
        for (int axis = left.rank() - 1; axis >= 0; axis--) {
            if (out.shape().dim(axis) == left.dim(axis)) {
                continue;
            }
            int first = axis; // neighbouring axes go at once
            while (first > 0 && out.shape().dim(first - 1) == 1) {
                first--;
            }
            long n = left.outer(axis) / left.outer(first) * left.dim(axis);
            long inner = left.inner(axis);
            for (int k = first; k <= axis; k++) {
                left = left.with(k, 1);
            }
            Tensor to = left.equals(out.shape()) ? out : backend.scratch(left);
            along(how == Reduce.MAX ? Reduce.MAX : Reduce.SUM, from, left.outer(first), n, inner, to);
            from = to;
            axis = first;
        }
        if (from == x) {
            MovingKernels.copy(x, out);
        } else if (how == Reduce.MEAN) {
            Ops.scale(Views.flat(out), (double) out.size() / x.size(), Views.flat(out));
        }
    }

    /** Reduces the middle axis of {@code x} as [outer, n, inner] to {@code out} as [outer, inner]. */
    private void along(Reduce how, Tensor x, long outer, long n, long inner, Tensor out) {
        if (how == Reduce.MAX) {
            Ops.run(new Max(Views.of(x, outer, n, inner), Views.of(out, outer, inner), false, 1));
        } else {
            sum(x, outer, n, inner, out);
        }
    }

    /** Sums over the middle axis of {@code x} as [outer, n, inner], to {@code out} as [outer, inner]. */
    void sum(Tensor x, long outer, long n, long inner, Tensor out) {
        if (inner == 1) {
            Tensor ones = ones(n);
            Ops.gemm(
                    Views.columns(ones, 0, n, 1), false, Views.columns(x, 0, outer, n), false, line(out, outer), false);
        } else if (outer <= 4) {
            INDArray ones = Views.columns(ones(n), 0, 1, n);
            for (long i = 0; i < outer; i++) {
                INDArray sums = Views.columns(out, i * inner, 1, inner);
                Ops.gemm(Views.columns(x, i * n * inner, n, inner), false, ones, false, sums, false);
            }
        } else {
            INDArray ones = Views.of(ones(outer * n), outer, 1, n);
            Ops.named(
                    "matmul", new int[] {0, 0, 0}, Views.of(out, outer, 1, inner), ones, Views.of(x, outer, n, inner));
        }
    }

    private static INDArray line(Tensor out, long n) {
        return Views.columns(out, 0, n, 1);
    }

    private Tensor ones(long n) {
        Tensor t = backend.scratch(Shape.of(Math.toIntExact(n)));
        MovingKernels.fill(t, 1);
        return t;
    }

    void argmax(Tensor x, int axis, Tensor out) {
        Shape s = x.shape();
        Ops.named(
                "argmax",
                new int[] {1},
                Views.of(out, s.outer(axis), s.inner(axis)),
                Views.of(x, s.outer(axis), s.dim(axis), s.inner(axis)));
    }

    void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        Shape s = x.shape();
        long[] lines = {s.outer(axis), s.dim(axis), s.inner(axis)};
        Ops.named("cumsum", new int[] {0, reverse ? 1 : 0, 1}, Views.of(out, lines), Views.of(x, lines));
    }

    void softmax(Tensor x, int axis, boolean log, Tensor out) {
        Shape s = x.shape();
        long outer = s.outer(axis);
        long n = s.dim(axis);
        long inner = s.inner(axis);
        Tensor line = backend.scratch(s.with(axis, 1));
        INDArray each = inner == 1 ? Views.of(line, outer, 1) : Views.of(line, outer, 1, inner);
        INDArray a = inner == 1 ? Views.of(x, outer, n) : Views.of(x, outer, n, inner);
        INDArray z = inner == 1 ? Views.of(out, outer, n) : Views.of(out, outer, n, inner);
        along(Reduce.MAX, x, outer, n, inner, line);
        Ops.sub(a, each, z);
        Tensor exponentials = log ? backend.scratch(s) : out;
        Ops.run(new Exp(Views.flat(out), Views.flat(exponentials)));
        sum(exponentials, outer, n, inner, line);
        if (log) {
            Ops.run(new Log(Views.flat(line), Views.flat(line)));
            Ops.sub(z, each, z);
        } else {
            Ops.div(z, each, z);
        }
    }

    /** y·(g − Σ g·y), or for the logarithm g − eʸ·Σ g. */
    void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        Shape s = y.shape();
        long outer = s.outer(axis);
        long n = s.dim(axis);
        long inner = s.inner(axis);
        long[] lines = {outer, n, inner};
        Tensor line = backend.scratch(s.with(axis, 1));
        INDArray each = Views.of(line, outer, 1, inner);
        INDArray up = Views.flat(g);
        INDArray d = Views.flat(dx);
        if (log) {
            sum(g, outer, n, inner, line);
            Ops.run(new Exp(Views.flat(y), d));
            Ops.mul(Views.of(dx, lines), each, Views.of(dx, lines));
            Ops.sub(up, d, d);
        } else {
            Ops.mul(up, Views.flat(y), d);
            sum(dx, outer, n, inner, line);
            Ops.sub(Views.of(g, lines), each, Views.of(dx, lines));
            Ops.mul(d, Views.flat(y), d);
        }
    }
}
