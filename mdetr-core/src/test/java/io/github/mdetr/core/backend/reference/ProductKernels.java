package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Matrix products and attention. */
final class ProductKernels {
    private ProductKernels() {}

    static void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        int rank = out.shape().rank();
        int m = out.dim(-2);
        int n = out.dim(-1);
        int k = a.dim(transposeA ? -2 : -1);
        Shape batch = Shape.of(Arrays.copyOf(out.shape().dims(), rank - 2));
        int[] strideA = batchStrides(a, out.shape());
        int[] strideB = batchStrides(b, out.shape());
        double[] as = Heap.doubles(a);
        double[] bs = Heap.doubles(b);
        double[] c = new double[Heap.size(out)];
        double[] left = new double[m * k];
        double[] right = new double[k * n];
        for (int i = 0; i < batch.size(); i++) {
            matrix(as, offset(batch, strideA, i), m, k, transposeA, left);
            matrix(bs, offset(batch, strideB, i), k, n, transposeB, right);
            multiply(left, right, m, k, n, c, i * m * n);
        }
        Heap.store(c, out);
    }

    private static int[] batchStrides(Tensor t, Shape out) {
        int rank = out.rank();
        Shape lead = out.with(-2, t.dim(-2)).with(-1, t.dim(-1));
        return Arrays.copyOf(Strided.broadcast(t.shape(), lead), rank - 2);
    }

    private static int offset(Shape batch, int[] strides, int index) {
        int at = 0;
        for (int axis = batch.rank() - 1; axis >= 0; axis--) {
            at += index % batch.dim(axis) * strides[axis];
            index /= batch.dim(axis);
        }
        return at;
    }

    /** The [rows, columns] matrix at {@code at}, which lies there transposed when asked so. */
    private static void matrix(double[] from, int at, int rows, int columns, boolean transposed, double[] to) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[i * columns + j] = from[at + (transposed ? j * rows + i : i * columns + j)];
            }
        }
    }

    /** Adds a [m, k] · b [k, n] to c [m, n] at {@code at}. */
    private static void multiply(double[] a, double[] b, int m, int k, int n, double[] c, int at) {
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                double v = a[i * k + l];
                for (int j = 0, to = at + i * n, from = l * n; j < n; j++) {
                    c[to + j] += v * b[from + j];
                }
            }
        }
    }

    static void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        int n = x.dim(0);
        int in = w.dim(1);
        int to = w.dim(0);
        ElementKernels.shape(x, n, in);
        ElementKernels.shape(out, n, to);
        double[] y = new double[n * to];
        start(y, to, bias);
        multiply(Heap.doubles(x), outputsLast(w, WeightUse.LINEAR), n, in, to, y, 0);
        finish(y, f);
        Heap.store(y, out);
    }

    /** A weight [out, ...] as [..., out], from the plain or the packed layout; convolutions have in after the taps. */
    static double[] outputsLast(Tensor w, WeightUse use) {
        float[] from = w.storage() instanceof PackedStorage p ? p.values(use) : outputsLastFloats(w);
        double[] to = new double[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i];
        }
        return to;
    }

    /** [out, in, taps...] to [taps..., in, out]. */
    static float[] outputsLastFloats(Tensor w) {
        return reordered(Heap.floats(w), Heap.at(w), w.shape(), true);
    }

    /** The way back from {@link #outputsLastFloats}. */
    static float[] outputsFirst(float[] packed, Shape shape) {
        return reordered(packed, 0, shape, false);
    }

    private static float[] reordered(float[] from, int at, Shape w, boolean last) {
        int outs = w.dim(0);
        int ins = w.dim(1);
        int taps = Math.toIntExact(w.inner(1));
        float[] to = new float[outs * ins * taps];
        for (int o = 0; o < outs; o++) {
            for (int i = 0; i < ins; i++) {
                for (int t = 0; t < taps; t++) {
                    int plain = (o * ins + i) * taps + t;
                    int packed = (t * ins + i) * outs + o;
                    to[last ? packed : plain] = from[at + (last ? plain : packed)];
                }
            }
        }
        return to;
    }

    /** Sets each row of {@code y} to the bias. */
    static void start(double[] y, int width, @Nullable Tensor bias) {
        if (bias != null) {
            ElementKernels.shape(bias, width);
            float[] b = Heap.floats(bias);
            for (int i = 0; i < y.length; i++) {
                y[i] = b[Heap.at(bias) + i % width];
            }
        }
    }

    static void finish(double[] y, Activation f) {
        Unary function = f.function();
        if (function != null) {
            for (int i = 0; i < y.length; i++) {
                y[i] = ElementKernels.apply(function, y[i]);
            }
        }
    }

    static void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor keyPaddingMask,
            int heads,
            float scale,
            Tensor out,
            @Nullable Tensor probabilities) {
        int batch = q.dim(0);
        int queries = q.dim(1);
        int keys = k.dim(1);
        int width = q.dim(2);
        int d = width / heads;
        ElementKernels.shape(k, batch, keys, width);
        ElementKernels.shape(v, batch, keys, width);
        ElementKernels.shape(out, batch, queries, width);
        double[] qs = Heap.doubles(q);
        double[] ks = Heap.doubles(k);
        double[] vs = Heap.doubles(v);
        double[] y = new double[qs.length];
        double[] all = new double[batch * heads * queries * keys];
        double[] p = new double[keys];
        for (int b = 0; b < batch; b++) {
            for (int h = 0; h < heads; h++) {
                for (int t = 0; t < queries; t++) {
                    int row = (b * queries + t) * width + h * d;
                    boolean any = false;
                    for (int s = 0; s < keys; s++) {
                        boolean left = keyPaddingMask == null
                                || Heap.mask(keyPaddingMask)[Heap.at(keyPaddingMask) + b * keys + s] == 0;
                        any |= left;
                        int key = (b * keys + s) * width + h * d;
                        p[s] = left ? scale * dot(qs, row, ks, key, d) : Double.NEGATIVE_INFINITY;
                    }
                    if (!any) {
                        continue;
                    }
                    ReductionKernels.softmax(p, false);
                    for (int s = 0; s < keys; s++) {
                        int value = (b * keys + s) * width + h * d;
                        for (int i = 0; i < d; i++) {
                            y[row + i] += p[s] * vs[value + i];
                        }
                    }
                    System.arraycopy(p, 0, all, ((b * heads + h) * queries + t) * keys, keys);
                }
            }
        }
        Heap.store(y, out);
        if (probabilities != null) {
            ElementKernels.shape(probabilities, batch, heads, queries, keys);
            Heap.store(all, probabilities);
        }
    }

    private static double dot(double[] a, int atA, double[] b, int atB, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[atA + i] * b[atB + i];
        }
        return sum;
    }
}
