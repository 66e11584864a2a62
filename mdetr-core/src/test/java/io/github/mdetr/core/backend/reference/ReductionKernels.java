package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;

/** Reductions and scans along axes. */
final class ReductionKernels {
    private ReductionKernels() {}

    static void reduce(Reduce how, Tensor x, Tensor out) {
        double[] acc = new double[Heap.size(out)];
        if (how == Reduce.MAX) {
            Arrays.fill(acc, Double.NEGATIVE_INFINITY);
        }
        float[] from = Heap.floats(x);
        Strided walk = new Strided(x.shape(), x, out);
        for (int i = 0; i < x.size(); i++) {
            int k = walk.at[1] - Heap.at(out);
            float v = from[walk.at[0]];
            acc[k] = how == Reduce.MAX ? Math.max(acc[k], v) : acc[k] + v;
            walk.next();
        }
        if (how == Reduce.MEAN) {
            double n = (double) x.size() / out.size();
            for (int i = 0; i < acc.length; i++) {
                acc[i] /= n;
            }
        }
        Heap.store(acc, out);
    }

    static void argmax(Tensor x, int axis, Tensor out) {
        float[] from = Heap.floats(x);
        int[] to = Heap.ints(out);
        Lines lines = new Lines(x, axis);
        for (int line = 0; line < lines.count; line++) {
            int first = lines.first(line);
            int best = 0;
            for (int i = 1; i < lines.length; i++) {
                if (from[first + i * lines.stride] > from[first + best * lines.stride]) {
                    best = i;
                }
            }
            to[Heap.at(out) + line] = best;
        }
    }

    static void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        float[] from = Heap.floats(x);
        float[] to = Heap.floats(out);
        Lines lines = new Lines(x, axis);
        int shift = Heap.at(out) - Heap.at(x);
        for (int line = 0; line < lines.count; line++) {
            double sum = 0;
            for (int i = 0; i < lines.length; i++) {
                int k = lines.first(line) + (reverse ? lines.length - 1 - i : i) * lines.stride;
                sum += from[k];
                to[k + shift] = (float) sum;
            }
        }
    }

    static void softmax(Tensor x, int axis, boolean log, Tensor out) {
        float[] from = Heap.floats(x);
        float[] to = Heap.floats(out);
        Lines lines = new Lines(x, axis);
        int shift = Heap.at(out) - Heap.at(x);
        double[] v = new double[lines.length];
        for (int line = 0; line < lines.count; line++) {
            int first = lines.first(line);
            for (int i = 0; i < v.length; i++) {
                v[i] = from[first + i * lines.stride];
            }
            softmax(v, log);
            for (int i = 0; i < v.length; i++) {
                to[first + i * lines.stride + shift] = (float) v[i];
            }
        }
    }

    /** Softmax in place, or its logarithm. */
    static void softmax(double[] v, boolean log) {
        double max = Double.NEGATIVE_INFINITY;
        for (double x : v) {
            max = Math.max(max, x);
        }
        double sum = 0;
        for (double x : v) {
            sum += Math.exp(x - max);
        }
        for (int i = 0; i < v.length; i++) {
            v[i] = log ? v[i] - max - Math.log(sum) : Math.exp(v[i] - max) / sum;
        }
    }

    static void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        double[] ys = Heap.doubles(y);
        double[] gs = Heap.doubles(g);
        double[] d = new double[ys.length];
        Lines lines = new Lines(y, axis);
        for (int line = 0; line < lines.count; line++) {
            int first = lines.first(line) - Heap.at(y);
            double sum = 0;
            for (int i = 0; i < lines.length; i++) {
                int k = first + i * lines.stride;
                sum += log ? gs[k] : gs[k] * ys[k];
            }
            for (int i = 0; i < lines.length; i++) {
                int k = first + i * lines.stride;
                d[k] = log ? gs[k] - Math.exp(ys[k]) * sum : ys[k] * (gs[k] - sum);
            }
        }
        Heap.store(d, dx);
    }

    /** The lines of a tensor along one axis. */
    private static final class Lines {
        final int count;
        final int length;
        final int stride;
        private final int start;

        Lines(Tensor x, int axis) {
            length = x.dim(axis);
            stride = (int) x.shape().inner(axis);
            count = (int) x.shape().outer(axis) * stride;
            start = Heap.at(x);
        }

        /** Array index of the line's first element. */
        int first(int line) {
            return start + line / stride * stride * length + line % stride;
        }
    }
}
