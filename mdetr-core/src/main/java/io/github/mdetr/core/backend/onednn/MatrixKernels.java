package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/** Matrix products, attention among them. */
final class MatrixKernels {
    /** Rows that a weight is packed for; the layout serves any number. */
    private static final long NOMINAL_ROWS = 128;
    /** Bytes of attention scores made at once: about what the cores' own caches hold. */
    private static final long SCORES = 2 << 20;

    private final Primitives primitives;
    private final NormKernels norms;
    private final HostKernels host;
    private final Reorders reorders;

    MatrixKernels(Primitives primitives, NormKernels norms, HostKernels host, Reorders reorders) {
        this.primitives = primitives;
        this.reorders = reorders;
        this.norms = norms;
        this.host = host;
    }

    // ---- plain products ----

    /** a and b of one type of floats, out float32. */
    void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        int rank = out.shape().rank();
        long[] da = dims(a, transposeA);
        long[] db = dims(b, transposeB);
        long[] dc = dims(out, false);
        long[] key = new long[3 + 3 * rank];
        key[0] = transposeA ? 1 : 0;
        key[1] = transposeB ? 1 : 0;
        key[2 + 3 * rank] = Dnnl.type(a.dtype());
        System.arraycopy(da, 0, key, 2, rank);
        System.arraycopy(db, 0, key, 2 + rank, rank);
        System.arraycopy(dc, 0, key, 2 + 2 * rank, rank);
        primitives.run(
                new Primitives.Key("matmul", key),
                () -> {
                    dnnl_memory_desc ma = Dnnl.strided(a.dtype(), da, strides(a, transposeA));
                    dnnl_memory_desc mb = Dnnl.strided(b.dtype(), db, strides(b, transposeB));
                    dnnl_memory_desc mc = Dnnl.dense(dc);
                    return product("matmul", ma, mb, mc);
                },
                OneDnnBackend.address(a),
                OneDnnBackend.address(b),
                OneDnnBackend.address(out));
    }

    /** c = a·b by these descriptions. */
    Prepared product(String name, dnnl_memory_desc a, dnnl_memory_desc b, dnnl_memory_desc c) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes attributes = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_matmul_primitive_desc_create(pd, primitives.engine, a, b, null, c, attributes.done()), name);
        }
        return new Prepared.Builder(name, primitives.engine, pd)
                .argument(DNNL_ARG_SRC, a)
                .argument(DNNL_ARG_WEIGHTS, b)
                .argument(DNNL_ARG_DST, c)
                .build();
    }

    /** The layout that a product wants its right-hand side in, which {@code b} leaves open. */
    Layout weightLayout(dnnl_memory_desc a, dnnl_memory_desc b, dnnl_memory_desc c) {
        try (Dnnl.Attributes attributes = new Dnnl.Attributes()) {
            dnnl_primitive_desc pd = linearDescriptor(a, b, null, c, attributes);
            return Layout.of(dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0));
        }
    }

    private static long[] dims(Tensor t, boolean transposed) {
        int rank = t.shape().rank();
        long[] d = new long[rank];
        for (int i = 0; i < rank; i++) {
            d[i] = t.dim(i);
        }
        return transposed ? swapped(d) : d;
    }

    private static long[] strides(Tensor t, boolean transposed) {
        long[] s = t.shape().strides();
        return transposed ? swapped(s) : s;
    }

    private static long[] swapped(long[] v) {
        long last = v[v.length - 1];
        v[v.length - 1] = v[v.length - 2];
        v[v.length - 2] = last;
        return v;
    }

    // ---- linear ----

    void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        linear(x.dim(0), x.dim(1), out.dim(1), x, w, bias, null, f, out);
    }

    /**
     * f(x·wᵀ + bias + residual): x holds n rows of {@code in}, out n rows of {@code width}; the residual is like out, and
     * may be it.
     */
    void linear(
            long n,
            long in,
            long width,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Activation f,
            Tensor out) {
        linear(new Rows(1, n, in, 0, in), width, x, w, bias, residual, f, out);
    }

    /**
     * The rows of a left-hand side that need not lie densely: {@code lines} × {@code n} rows of {@code in}, whose lines and
     * rows begin so many elements apart.
     */
    record Rows(long lines, long n, long in, long lineStride, long rowStride) {
        private dnnl_memory_desc described(DType type) {
            return dense()
                    ? Dnnl.dense(type, n, in)
                    : Dnnl.strided(type, new long[] {lines, n, in}, new long[] {lineStride, rowStride, 1});
        }

        private boolean dense() {
            return lines == 1 && rowStride == in;
        }
    }

    /** f(x·wᵀ + bias + residual) of rows that may lie apart in x, and lie densely in the result and the residual. */
    void linear(
            Rows rows,
            long width,
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Activation f,
            Tensor out) {
        Layout layout = ((OneDnnStorage) w.storage()).layout();
        Residual kind = Residual.of(residual, out);
        long[] at = {
            OneDnnBackend.address(x),
            OneDnnBackend.address(w),
            OneDnnBackend.address(out),
            bias == null ? 0 : OneDnnBackend.address(bias),
            residual == null ? 0 : OneDnnBackend.address(residual)
        };
        long[] key = {
            rows.lines,
            rows.n,
            rows.in,
            rows.lineStride,
            rows.rowStride,
            width,
            layout == null ? 0 : layout.id,
            Dnnl.algorithm(f),
            bias == null ? 0 : 1,
            kind.figure(),
            Dnnl.type(x.dtype())
        };
        primitives.run(
                new Primitives.Key("linear", key),
                () -> prepareLinear(x.dtype(), rows, width, layout, bias != null, kind, f),
                OneDnnBackend.given(at, bias != null, kind == Residual.APART));
    }

    private Prepared prepareLinear(
            DType type, Rows rows, long out, @Nullable Layout layout, boolean bias, Residual residual, Activation f) {
        dnnl_memory_desc src = rows.described(type);
        dnnl_memory_desc weights = layout != null ? layout.descriptor : plainWeight(rows.in, out);
        dnnl_memory_desc dst = Dnnl.dense(type, rows.n, out);
        dnnl_memory_desc add = bias ? Dnnl.dense(1, out) : null;
        if (!rows.dense()) {
            weights = Dnnl.reshaped(weights, 1, rows.in, out);
            dst = Dnnl.dense(type, rows.lines, rows.n, out);
            add = bias ? Dnnl.dense(1, 1, out) : null;
        }
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            int residualId = residual.append(a, dst);
            a.activation(f);
            Prepared.Builder b = new Prepared.Builder(
                            "linear", primitives.engine, linearDescriptor(src, weights, add, dst, a))
                    .argument(DNNL_ARG_SRC, src)
                    .argument(DNNL_ARG_WEIGHTS, weights)
                    .argument(DNNL_ARG_DST, dst);
            if (add != null) {
                b.argument(DNNL_ARG_BIAS, add);
            }
            if (residual == Residual.APART) {
                b.argument(residualId, dst);
            }
            return b.build();
        }
    }

    /** [out, in] in memory, seen as the right-hand side [in, out]. */
    private static dnnl_memory_desc plainWeight(long in, long out) {
        return Dnnl.strided(new long[] {in, out}, new long[] {1, in});
    }

    private dnnl_primitive_desc linearDescriptor(
            dnnl_memory_desc src,
            dnnl_memory_desc weights,
            @Nullable dnnl_memory_desc bias,
            dnnl_memory_desc dst,
            Dnnl.Attributes a) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        Dnnl.check(
                dnnl_matmul_primitive_desc_create(pd, primitives.engine, src, weights, bias, dst, a.done()), "linear");
        return pd;
    }

    /** {@code w} [out, in, …1] in the layout that oneDNN's product asks for, which serves any number of rows. */
    Tensor pack(Tensor w, DType type) {
        return Descriptor.with(() -> packed(w, type));
    }

    private Tensor packed(Tensor w, DType type) {
        long out = w.dim(0);
        long in = w.dim(1);
        Layout layout;
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            dnnl_primitive_desc pd = linearDescriptor(
                    Dnnl.dense(type, NOMINAL_ROWS, in),
                    Dnnl.any(type, in, out),
                    Dnnl.dense(1, out),
                    Dnnl.dense(type, NOMINAL_ROWS, out),
                    a);
            layout = Layout.of(dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0));
        }
        return ((OneDnnBackend) w.device())
                .weightIn(layout, w, type, t -> reorders.reorder(plainWeight(in, out), layout.descriptor, w, t));
    }

    /**
     * A weight [out, in, …1], plain or packed, laid out as [in, out]: products are about as fast on that as on a layout of
     * their own, and it can be scaled by inputs. {@code w} itself, retained, when it lies so.
     */
    Tensor byInput(Tensor w, DType type) {
        Layout own = ((OneDnnStorage) w.storage()).layout();
        Layout wanted = layoutByInput(w, type);
        if (own == wanted) {
            return w.retained();
        }
        return ((OneDnnBackend) w.device())
                .weightIn(
                        wanted,
                        w,
                        type,
                        t -> Descriptor.run(() -> reorders.reorder(
                                own == null ? plainWeight(w.dim(1), w.dim(0)) : own.descriptor,
                                wanted.descriptor,
                                w,
                                t)));
    }

    /** An uninitialized weight like {@code w}, laid out as [in, out]. */
    Tensor likeByInput(Tensor w) {
        return ((OneDnnBackend) w.device()).emptyIn(layoutByInput(w, w.dtype()), w, w.dtype());
    }

    /** A weight that {@link #byInput} has laid out as what it is in memory, [in, out]; to be used while {@code w} is open. */
    static Tensor elements(Tensor w) {
        OneDnnStorage own = (OneDnnStorage) w.storage();
        OneDnnStorage same =
                OneDnnStorage.borrowed((OneDnnBackend) w.device(), own, OneDnnBackend.address(w), own.bytes());
        return Tensor.on(same, w.dtype(), Shape.of(w.dim(1), w.dim(0)));
    }

    private static Layout layoutByInput(Tensor w, DType type) {
        return Descriptor.with(() -> Layout.of(Dnnl.dense(type, w.dim(1), w.dim(0))));
    }

    void unpack(Tensor packed, Layout layout, Tensor plain) {
        Descriptor.run(
                () -> reorders.reorder(layout.descriptor, plainWeight(plain.dim(1), plain.dim(0)), packed, plain));
    }

    // ---- attention ----

    void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor mask,
            int heads,
            float scale,
            Tensor out,
            @Nullable Tensor probabilities) {
        try (Tensor bias = mask == null || !anyTrue(mask) ? null : maskBias(mask)) {
            if (probabilities == null) {
                attendInParts(q, k, v, bias, heads, scale, out);
            } else {
                Part whole = new Part(q.dim(0), heads, q.dim(1), k.dim(1), q.dim(2), q.dim(2) / heads, q.dtype());
                attend(whole, at(q), at(k), at(v), bias == null ? 0 : at(bias), scale, at(out), probabilities);
            }
            if (mask != null && bias != null) {
                clearFullyMasked(mask, out, probabilities);
            }
        }
    }

    /** Some heads and queries of an attention over S keys: the scores of a part stay in the caches, those of all do not. */
    private record Part(long b, int heads, long t, long s, long width, long headWidth, DType type) {
        /** The shape of its scores. */
        Shape scores() {
            return Shape.of(Math.toIntExact(b), heads, Math.toIntExact(t), Math.toIntExact(s));
        }

        /** What primitives are told apart by, with {@code more}. */
        Primitives.Key key(String name, long... more) {
            long[] own = {b, t, s, width, headWidth, heads, Dnnl.type(type)};
            long[] key = Arrays.copyOf(own, own.length + more.length);
            System.arraycopy(more, 0, key, own.length, more.length);
            return new Primitives.Key(name, key);
        }

        /** A [B, rows, D] tensor's heads [B, heads, rows, d], where its images lie {@code image} elements apart. */
        dnnl_memory_desc headed(long rows, long image) {
            return Dnnl.strided(type, new long[] {b, heads, rows, headWidth}, new long[] {image, headWidth, width, 1});
        }
    }

    private void attendInParts(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor bias, int heads, float scale, Tensor out) {
        int t = q.dim(1);
        int s = k.dim(1);
        int d = q.dim(2);
        int bytes = q.dtype().bytes();
        long perHead = (long) t * s * Float.BYTES;
        int headsAtOnce = evenly(heads, Math.max(1, SCORES / perHead));
        int rows = headsAtOnce > 1 ? t : evenly(t, Math.max(1, SCORES / ((long) s * Float.BYTES)));
        for (int b = 0; b < q.dim(0); b++) {
            long biasAt = bias == null ? 0 : at(bias) + (long) b * s * Float.BYTES;
            for (int head = 0; head < heads; head += headsAtOnce) {
                int count = Math.min(headsAtOnce, heads - head);
                long column = (long) head * (d / heads);
                long keys = ((long) b * s * d + column) * bytes;
                for (int row = 0; row < t; row += rows) {
                    Part part = new Part(1, count, Math.min(rows, t - row), s, d, d / heads, q.dtype());
                    long queries = (((long) b * t + row) * d + column) * bytes;
                    try (Tensor scores = Tensor.empty(q.device(), DType.FLOAT32, part.scores())) {
                        attend(
                                part,
                                at(q) + queries,
                                at(k) + keys,
                                at(v) + keys,
                                biasAt,
                                scale,
                                at(out) + queries,
                                scores);
                    }
                }
            }
        }
    }

    /** The size of parts of {@code n} that have at most {@code most}, as few and as alike as can be. */
    private static int evenly(int n, long most) {
        long parts = (n + most - 1) / most;
        return Math.toIntExact((n + parts - 1) / parts);
    }

    /** Addresses of the part's first elements; 0 for no bias. {@code scores} [b, heads, t, s] become probabilities. */
    private void attend(Part p, long q, long k, long v, long bias, float scale, long out, Tensor scores) {
        try (Tensor weights =
                p.type == DType.FLOAT32 ? scores.retained() : Tensor.empty(scores.device(), p.type, scores.shape())) {
            scores(p, q, k, bias, scale, scores);
            norms.softmax(scores, 3, weights);
            primitives.run(
                    p.key("attentionValues"),
                    () -> product(
                            "attentionValues",
                            Dnnl.dense(p.type, p.b, p.heads, p.t, p.s),
                            p.headed(p.s, p.s * p.width),
                            p.headed(p.t, p.t * p.width)),
                    at(weights),
                    v,
                    out);
        }
    }

    private static long at(Tensor t) {
        return OneDnnBackend.address(t);
    }

    /** q·kᵀ·scale + bias in float32, whatever the type of q and k. */
    private void scores(Part p, long q, long k, long bias, float scale, Tensor scores) {
        boolean biased = bias != 0;
        primitives.run(
                p.key("attentionScores", Float.floatToIntBits(scale), biased ? 1 : 0),
                () -> {
                    dnnl_memory_desc mq = p.headed(p.t, p.t * p.width);
                    dnnl_memory_desc mk = Dnnl.strided(p.type, new long[] {p.b, p.heads, p.headWidth, p.s}, new long[] {
                        p.s * p.width, p.headWidth, 1, p.width
                    });
                    dnnl_memory_desc ms = Dnnl.dense(p.b, p.heads, p.t, p.s);
                    dnnl_memory_desc mb = Dnnl.dense(p.b, 1, 1, p.s);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    int id = 0;
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        a.eltwise(dnnl_eltwise_linear, scale, 0);
                        if (biased) {
                            id = a.binary(dnnl_binary_add, mb);
                        }
                        Dnnl.check(
                                dnnl_matmul_primitive_desc_create(pd, primitives.engine, mq, mk, null, ms, a.done()),
                                "attention");
                    }
                    Prepared.Builder made = new Prepared.Builder("attentionScores", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, mq)
                            .argument(DNNL_ARG_WEIGHTS, mk)
                            .argument(DNNL_ARG_DST, ms);
                    return biased ? made.argument(id, mb).build() : made.build();
                },
                biased ? new long[] {q, k, at(scores), bias} : new long[] {q, k, at(scores)});
    }

    private static boolean anyTrue(Tensor mask) {
        ByteBuffer b = HostKernels.bytes(mask);
        while (b.hasRemaining()) {
            if (b.get() != 0) {
                return true;
            }
        }
        return false;
    }

    /** 0 on keys, −∞ on masked ones; a line masked as a whole stays 0 and is cleared afterwards. */
    private static Tensor maskBias(Tensor mask) {
        Tensor bias = Tensor.empty(mask.device(), DType.FLOAT32, mask.shape());
        ByteBuffer m = HostKernels.bytes(mask);
        FloatBuffer f = HostKernels.floats(bias);
        int s = mask.dim(1);
        for (int b = 0; b < mask.dim(0); b++) {
            boolean all = fullyMasked(m, b, s);
            for (int i = 0; i < s; i++) {
                f.put(b * s + i, !all && m.get(b * s + i) != 0 ? Float.NEGATIVE_INFINITY : 0);
            }
        }
        return bias;
    }

    private static boolean fullyMasked(ByteBuffer m, int line, int s) {
        for (int i = 0; i < s; i++) {
            if (m.get(line * s + i) == 0) {
                return false;
            }
        }
        return true;
    }

    private void clearFullyMasked(Tensor mask, Tensor out, @Nullable Tensor probabilities) {
        ByteBuffer m = HostKernels.bytes(mask);
        for (int b = 0; b < mask.dim(0); b++) {
            if (fullyMasked(m, b, mask.dim(1))) {
                try (Tensor o = out.rows(b, 1)) {
                    host.fill(o, 0);
                }
                if (probabilities != null) {
                    try (Tensor p = probabilities.rows(b, 1)) {
                        host.fill(p, 0);
                    }
                }
            }
        }
    }
}
