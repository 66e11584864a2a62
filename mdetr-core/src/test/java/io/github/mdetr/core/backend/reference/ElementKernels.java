package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Filling, moving and elementwise functions. */
final class ElementKernels {
    private static final double SQRT_HALF = Math.sqrt(0.5);

    private ElementKernels() {}

    static void fill(Tensor out, double value) {
        HeapStorage s = Heap.storage(out);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            s.set(i, value);
        }
    }

    static void copy(Tensor x, Tensor out) {
        same(x, out);
        HeapStorage from = Heap.storage(x);
        HeapStorage to = Heap.storage(out);
        for (int i = 0; i < x.size(); i++) {
            to.set(Heap.at(out) + i, from.get(Heap.at(x) + i));
        }
    }

    static void permute(Tensor x, int[] axes, Tensor out) {
        float[] from = Heap.floats(x);
        float[] to = Heap.floats(out);
        int rank = axes.length;
        long[] own = x.shape().strides();
        int[] counter = new int[rank];
        int at = Heap.at(x);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            to[i] = from[at];
            for (int k = rank - 1; k >= 0; k--) {
                int stride = (int) own[axes[k]];
                at += stride;
                if (++counter[k] < out.dim(k)) {
                    break;
                }
                at -= stride * out.dim(k);
                counter[k] = 0;
            }
        }
    }

    static void slice(Tensor x, int axis, int from, Tensor out) {
        lines(x, out, axis, from, true);
    }

    static void place(Tensor x, int axis, int from, Tensor out) {
        lines(out, x, axis, from, false);
    }

    /** Copies between {@code part} and the elements of {@code whole} from index {@code from} along {@code axis}. */
    @SuppressWarnings("SuspiciousSystemArraycopy")
    private static void lines(Tensor whole, Tensor part, int axis, int from, boolean out) {
        if (whole.dtype() != part.dtype()
                || !whole.shape().with(axis, 1).equals(part.shape().with(axis, 1))
                || from + part.dim(axis) > whole.dim(axis)) {
            throw new IllegalArgumentException(
                    "reference: " + part + " from " + from + " along axis " + axis + " is no part of " + whole);
        }
        int outer = (int) whole.shape().outer(axis);
        int inner = (int) whole.shape().inner(axis);
        int length = part.dim(axis) * inner;
        Object w = Heap.storage(whole).array();
        Object p = Heap.storage(part).array();
        for (int i = 0; i < outer; i++) {
            int atWhole = Heap.at(whole) + (i * whole.dim(axis) + from) * inner;
            int atPart = Heap.at(part) + i * length;
            if (out) {
                System.arraycopy(w, atWhole, p, atPart, length);
            } else {
                System.arraycopy(p, atPart, w, atWhole, length);
            }
        }
    }

    static void broadcast(Tensor x, Tensor out) {
        if (x.dtype() != out.dtype()) {
            throw new IllegalArgumentException("reference: broadcast " + x + " to " + out);
        }
        HeapStorage from = Heap.storage(x);
        HeapStorage to = Heap.storage(out);
        Strided walk = new Strided(out.shape(), x);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            to.set(i, from.get(walk.at[0]));
            walk.next();
        }
    }

    static void unary(Unary f, Tensor x, Tensor out) {
        same(x, out);
        float[] from = Heap.floats(x);
        float[] to = Heap.floats(out);
        int shift = Heap.at(x) - Heap.at(out);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            to[i] = (float) apply(f, from[i + shift]);
        }
    }

    static double apply(Unary f, double x) {
        return switch (f) {
            case NEG -> -x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case SQUARE -> x * x;
            case ABS -> Math.abs(x);
            case RELU -> Math.max(x, 0);
            case GELU -> x == Double.NEGATIVE_INFINITY ? 0 : 0.5 * x * Erf.erfc(-x * SQRT_HALF);
            case SILU -> x == Double.NEGATIVE_INFINITY ? 0 : x * sigmoid(x);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx) {
        same(x, dx);
        same(y, dx);
        same(g, dx);
        double[] xs = Heap.doubles(x);
        double[] ys = Heap.doubles(y);
        double[] d = Heap.doubles(g);
        for (int i = 0; i < d.length; i++) {
            d[i] *= slope(f, xs[i], ys[i]);
        }
        Heap.store(d, dx);
    }

    private static double slope(Unary f, double x, double y) {
        return switch (f) {
            case NEG -> -1;
            case EXP -> y;
            case LOG -> 1 / x;
            case SQRT -> 0.5 / y;
            case SQUARE -> 2 * x;
            case ABS -> Math.signum(x);
            case RELU -> x > 0 ? 1 : 0;
            case GELU -> 0.5 * Erf.erfc(-x * SQRT_HALF) + x * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
            case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
            case SIGMOID -> y * (1 - y);
            case TANH -> 1 - y * y;
        };
    }

    static void affine(Tensor x, float scale, float shift, Tensor out) {
        same(x, out);
        double[] v = Heap.doubles(x);
        for (int i = 0; i < v.length; i++) {
            v[i] = scale * v[i] + shift;
        }
        Heap.store(v, out);
    }

    static void clamp(Tensor x, float low, float high, Tensor out) {
        same(x, out);
        double[] v = Heap.doubles(x);
        for (int i = 0; i < v.length; i++) {
            v[i] = Math.min(Math.max(v[i], low), high);
        }
        Heap.store(v, out);
    }

    static void binary(Binary f, Tensor a, Tensor b, Tensor out) {
        float[] as = Heap.floats(a);
        float[] bs = Heap.floats(b);
        float[] to = Heap.floats(out);
        Strided walk = new Strided(out.shape(), a, b);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            to[i] = (float) apply(f, as[walk.at[0]], bs[walk.at[1]]);
            walk.next();
        }
    }

    private static double apply(Binary f, double a, double b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            case GT -> a > b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
        };
    }

    static void where(Tensor condition, Tensor a, Tensor b, Tensor out) {
        byte[] c = Heap.mask(condition);
        float[] as = Heap.floats(a);
        float[] bs = Heap.floats(b);
        float[] to = Heap.floats(out);
        Strided walk = new Strided(out.shape(), condition, a, b);
        for (int i = Heap.at(out), end = i + Heap.size(out); i < end; i++) {
            to[i] = c[walk.at[0]] != 0 ? as[walk.at[1]] : bs[walk.at[2]];
            walk.next();
        }
    }

    static void gatherRows(Tensor table, Tensor ids, Tensor out) {
        int width = Math.toIntExact(table.shape().inner(0));
        int[] id = Heap.ints(ids);
        shape(out, ids.dim(0), width);
        for (int i = 0; i < ids.dim(0); i++) {
            int row = row(id[Heap.at(ids) + i], table);
            System.arraycopy(
                    Heap.floats(table),
                    Heap.at(table) + row * width,
                    Heap.floats(out),
                    Heap.at(out) + i * width,
                    width);
        }
    }

    static void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        int width = Math.toIntExact(table.shape().inner(0));
        int[] id = Heap.ints(ids);
        shape(g, ids.dim(0), width);
        double[] sum = Heap.doubles(table);
        float[] from = Heap.floats(g);
        for (int i = 0; i < ids.dim(0); i++) {
            int row = row(id[Heap.at(ids) + i], table);
            for (int k = 0; k < width; k++) {
                sum[row * width + k] += from[Heap.at(g) + i * width + k];
            }
        }
        Heap.store(sum, table);
    }

    private static int row(int id, Tensor table) {
        if (id < 0 || id >= table.dim(0)) {
            throw new IndexOutOfBoundsException("reference: row " + id + " of " + table);
        }
        return id;
    }

    static void same(Tensor x, Tensor out) {
        if (x.size() != out.size()) {
            throw new IllegalArgumentException("reference: " + x + " and " + out + " differ in size");
        }
    }

    static void shape(Tensor t, int... expected) {
        if (!t.shape().equals(Shape.of(expected))) {
            throw new IllegalArgumentException("reference: expected shape " + Shape.of(expected) + ", got " + t);
        }
    }
}
