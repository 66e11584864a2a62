package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.number.FloatBits;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;

/** What oneDNN has no primitive for: moving and picking, in plain loops over the same memory. */
final class HostKernels {

    /** Elements gone over at a time where they do not depend on each other: a buffer holds at most 2 GiB. */
    private static final int PIECE = 1 << 28;

    private final int piece;

    HostKernels() {
        this(PIECE);
    }

    /** One that goes over {@code piece} elements at a time. */
    HostKernels(int piece) {
        this.piece = piece;
    }

    static ByteBuffer bytes(Tensor t) {
        return bytes(t, 0, t.size());
    }

    static FloatBuffer floats(Tensor t) {
        return bytes(t).asFloatBuffer();
    }

    static IntBuffer ints(Tensor t) {
        return bytes(t).asIntBuffer();
    }

    /** Elements {@code from} to {@code from + count}. */
    private static ByteBuffer bytes(Tensor t, long from, long count) {
        int unit = t.dtype().bytes();
        return OneDnnStorage.buffer(OneDnnBackend.address(t) + from * unit, count * unit);
    }

    private static FloatBuffer floats(Tensor t, long from, long count) {
        return bytes(t, from, count).asFloatBuffer();
    }

    private interface Piece {
        void visit(long from, int count);
    }

    private void pieces(long elements, Piece f) {
        for (long from = 0; from < elements; from += piece) {
            f.visit(from, (int) Math.min(piece, elements - from));
        }
    }

    void fill(Tensor out, double value) {
        pieces(out.size(), (from, count) -> {
            ByteBuffer b = bytes(out, from, count);
            switch (out.dtype()) {
                case FLOAT32 -> {
                    FloatBuffer to = b.asFloatBuffer();
                    float[] line = new float[Math.min(4096, count)];
                    Arrays.fill(line, (float) value);
                    while (to.hasRemaining()) {
                        to.put(line, 0, Math.min(line.length, to.remaining()));
                    }
                }
                case INT32 -> {
                    IntBuffer to = b.asIntBuffer();
                    while (to.hasRemaining()) {
                        to.put((int) value);
                    }
                }
                case BOOL -> {
                    while (b.hasRemaining()) {
                        b.put((byte) (value != 0 ? 1 : 0));
                    }
                }
                case BFLOAT16, FLOAT16 ->
                    throw new IllegalArgumentException("fill: " + out.dtype() + " is not supported");
            }
        });
    }

    void copy(Tensor x, Tensor out) {
        pieces(x.size(), (from, count) -> {
            ByteBuffer source = bytes(x, from, count);
            ByteBuffer target = bytes(out, from, count);
            if (x.dtype() == out.dtype()) {
                target.put(source);
            } else {
                Conversion.of(x.dtype(), out.dtype()).convert(source, target, count);
            }
        });
    }

    /** Copies between a whole tensor and a part of it along an axis, either way. */
    void part(Tensor whole, int axis, int from, Tensor part, boolean intoPart) {
        int unit = whole.dtype().bytes();
        long inner = whole.shape().inner(axis) * unit;
        long outer = whole.shape().outer(axis);
        int run = Math.toIntExact(part.dim(axis) * inner);
        long stride = whole.dim(axis) * inner;
        ByteBuffer w = bytes(whole);
        ByteBuffer p = bytes(part);
        for (int o = 0; o < outer; o++) {
            int at = Math.toIntExact(o * stride + from * inner);
            if (intoPart) {
                p.put(o * run, w, at, run);
            } else {
                w.put(at, p, o * run, run);
            }
        }
    }

    void broadcast(Tensor x, Tensor out) {
        long[][] joined = ElementwiseKernels.join(out.shape(), x.shape());
        int rank = joined[0].length;
        long[] strides = new long[rank];
        long n = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = joined[1][i] == 1 ? 0 : n;
            n *= joined[1][i];
        }
        int unit = out.dtype().bytes();
        joined[0][rank - 1] *= unit;
        for (int i = 0; i < rank; i++) {
            strides[i] *= unit;
        }
        repeat(bytes(x), bytes(out), joined[0], strides, 0, 0, new byte[1 << 14], unit);
    }

    /** Extents and strides in bytes; the last axis is read in one run, or repeats one element of {@code unit} bytes. */
    private static void repeat(
            ByteBuffer from, ByteBuffer to, long[] extents, long[] strides, int axis, int at, byte[] line, int unit) {
        int extent = Math.toIntExact(extents[axis]);
        if (axis == extents.length - 1) {
            if (strides[axis] == 0) {
                int length = Math.min(line.length, extent);
                from.get(at, line, 0, Math.min(unit, length));
                for (int n = unit; n < length; n *= 2) {
                    System.arraycopy(line, 0, line, n, Math.min(n, length - n));
                }
                for (int done = 0; done < extent; done += length) {
                    to.put(line, 0, Math.min(length, extent - done));
                }
            } else {
                to.put(from.slice(at, extent));
            }
            return;
        }
        for (int i = 0; i < extent; i++) {
            repeat(from, to, extents, strides, axis + 1, at + i * Math.toIntExact(strides[axis]), line, unit);
        }
    }

    void where(Tensor condition, Tensor a, Tensor b, Tensor out) {
        int[] sc = strides(condition.shape(), out.shape());
        int[] sa = strides(a.shape(), out.shape());
        int[] sb = strides(b.shape(), out.shape());
        ByteBuffer c = bytes(condition);
        FloatBuffer fa = floats(a);
        FloatBuffer fb = floats(b);
        FloatBuffer to = floats(out);
        int[] dims = out.shape().dims();
        int[] at = new int[dims.length];
        int ic = 0;
        int ia = 0;
        int ib = 0;
        int n = Math.toIntExact(out.size());
        for (int i = 0; i < n; i++) {
            to.put(i, c.get(ic) != 0 ? fa.get(ia) : fb.get(ib));
            for (int k = dims.length - 1; k >= 0; k--) {
                ic += sc[k];
                ia += sa[k];
                ib += sb[k];
                if (++at[k] < dims[k]) {
                    break;
                }
                ic -= sc[k] * dims[k];
                ia -= sa[k] * dims[k];
                ib -= sb[k] * dims[k];
                at[k] = 0;
            }
        }
    }

    /** Strides of {@code part} along the axes of {@code whole}, 0 where it is repeated. */
    private static int[] strides(Shape part, Shape whole) {
        int[] s = new int[whole.rank()];
        long[] own = part.strides();
        int lead = whole.rank() - part.rank();
        for (int i = lead; i < s.length; i++) {
            s[i] = part.dim(i - lead) == 1 ? 0 : Math.toIntExact(own[i - lead]);
        }
        return s;
    }

    /** Limits to a range; oneDNN's own gives NaN the lower bound. */
    void clamp(Tensor x, float low, float high, Tensor out) {
        pieces(out.size(), (at, count) -> {
            FloatBuffer from = floats(x, at, count);
            FloatBuffer to = floats(out, at, count);
            for (int i = 0; i < count; i++) {
                to.put(i, Math.min(Math.max(from.get(i), low), high));
            }
        });
    }

    /** Natural logarithm: oneDNN's is 3e-6 off near e, thirty times what float32 allows. */
    void log(Tensor x, Tensor out) {
        pieces(out.size(), (at, count) -> {
            FloatBuffer from = floats(x, at, count);
            FloatBuffer to = floats(out, at, count);
            for (int i = 0; i < count; i++) {
                to.put(i, (float) Math.log(from.get(i)));
            }
        });
    }

    /** Logarithm of the softmax, for the same reason. */
    void logSoftmax(Tensor x, int axis, Tensor out) {
        FloatBuffer to = floats(out);
        lines(x, axis, (from, start, stride, n, line) -> {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                max = Math.max(max, from.get(start + i * stride));
            }
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += Math.exp(from.get(start + i * stride) - max);
            }
            double shift = max + Math.log(sum);
            for (int i = 0; i < n; i++) {
                to.put(start + i * stride, (float) (from.get(start + i * stride) - shift));
            }
        });
    }

    void maximum(Tensor x, int axis, Tensor values) {
        FloatBuffer to = floats(values);
        lines(x, axis, (from, start, stride, n, line) -> {
            float best = from.get(start);
            for (int i = 1; i < n; i++) {
                float v = from.get(start + i * stride);
                best = v > best || Float.isNaN(v) ? v : best;
            }
            to.put(line, best);
        });
    }

    void argmax(Tensor x, int axis, Tensor index) {
        IntBuffer to = ints(index);
        lines(x, axis, (from, start, stride, n, line) -> {
            int best = 0;
            float top = from.get(start);
            for (int i = 1; i < n; i++) {
                float v = from.get(start + i * stride);
                if (v > top) {
                    best = i;
                    top = v;
                }
            }
            to.put(line, best);
        });
    }

    void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        FloatBuffer to = floats(out);
        lines(x, axis, (from, start, stride, n, line) -> {
            double sum = 0;
            for (int k = 0; k < n; k++) {
                int i = start + (reverse ? n - 1 - k : k) * stride;
                sum += from.get(i);
                to.put(i, (float) sum);
            }
        });
    }

    private interface Line {
        void visit(FloatBuffer from, int start, int stride, int n, int line);
    }

    private static void lines(Tensor x, int axis, Line f) {
        FloatBuffer from = floats(x);
        int n = x.dim(axis);
        int inner = Math.toIntExact(x.shape().inner(axis));
        int outer = Math.toIntExact(x.shape().outer(axis));
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                f.visit(from, o * n * inner + i, inner, n, o * inner + i);
            }
        }
    }

    void gatherRows(Tensor table, Tensor ids, Tensor out) {
        FloatBuffer to = floats(out);
        IntBuffer pick = ints(ids);
        boolean halves = table.dtype() == DType.FLOAT16;
        long bytes = (long) table.dim(1) * table.dtype().bytes();
        while (pick.hasRemaining()) {
            // by address: a table may hold more floats than a buffer can index
            ByteBuffer row = OneDnnStorage.buffer(OneDnnBackend.address(table) + bytes * pick.get(), bytes);
            if (!halves) {
                to.put(row.asFloatBuffer());
                continue;
            }
            while (row.hasRemaining()) {
                to.put(FloatBits.fromHalf(row.getShort()));
            }
        }
    }

    void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        FloatBuffer from = floats(g);
        IntBuffer pick = ints(ids);
        int width = table.dim(1);
        for (int row = 0; pick.hasRemaining(); row++) {
            FloatBuffer to = OneDnnStorage.buffer(OneDnnBackend.address(table) + 4L * width * pick.get(), 4L * width)
                    .asFloatBuffer();
            for (int i = 0; i < width; i++) {
                to.put(i, to.get(i) + from.get(row * width + i));
            }
        }
    }

    /** Nearest neighbour, source index ⌊i·in/out⌋, which oneDNN rounds otherwise. */
    void resizeNearest(Tensor x, Tensor out) {
        FloatBuffer from = floats(x);
        FloatBuffer to = floats(out);
        int c = x.dim(3);
        nearest(x.shape(), out.shape(), (near, far) -> to.put(far, from, near, c));
    }

    void resizeNearestGrad(Tensor g, Tensor dx) {
        fill(dx, 0);
        FloatBuffer from = floats(g);
        FloatBuffer to = floats(dx);
        int c = dx.dim(3);
        nearest(dx.shape(), g.shape(), (near, far) -> {
            for (int k = 0; k < c; k++) {
                to.put(near + k, to.get(near + k) + from.get(far + k));
            }
        });
    }

    private interface Pixels {
        void visit(int near, int far);
    }

    /** Visits each pixel of {@code resized} with the pixel of {@code image} it comes from. */
    private static void nearest(Shape image, Shape resized, Pixels f) {
        int c = image.dim(3);
        for (int b = 0; b < resized.dim(0); b++) {
            for (int y = 0; y < resized.dim(1); y++) {
                int sy = (int) ((long) y * image.dim(1) / resized.dim(1));
                for (int x = 0; x < resized.dim(2); x++) {
                    int sx = (int) ((long) x * image.dim(2) / resized.dim(2));
                    f.visit(
                            ((b * image.dim(1) + sy) * image.dim(2) + sx) * c,
                            ((b * resized.dim(1) + y) * resized.dim(2) + x) * c);
                }
            }
        }
    }
}
