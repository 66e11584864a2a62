package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/** Matrix products, attention among them. */
final class MatrixKernels {
    /** Rows that a weight is packed for; the layout serves any number. */
    private static final long NOMINAL_ROWS = 128;

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

    private Prepared product(String name, dnnl_memory_desc a, dnnl_memory_desc b, dnnl_memory_desc c) {
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
            n,
            in,
            width,
            layout == null ? 0 : layout.id,
            Dnnl.algorithm(f),
            bias == null ? 0 : 1,
            kind.figure(),
            Dnnl.type(x.dtype())
        };
        primitives.run(
                new Primitives.Key("linear", key),
                () -> prepareLinear(x.dtype(), n, in, width, layout, bias != null, kind, f),
                OneDnnBackend.given(at, bias != null, kind == Residual.APART));
    }

    private Prepared prepareLinear(
            DType type,
            long n,
            long in,
            long out,
            @Nullable Layout layout,
            boolean bias,
            Residual residual,
            Activation f) {
        dnnl_memory_desc src = Dnnl.dense(type, n, in);
        dnnl_memory_desc weights = layout != null ? layout.descriptor : plainWeight(in, out);
        dnnl_memory_desc dst = Dnnl.dense(type, n, out);
        dnnl_memory_desc add = bias ? Dnnl.dense(1, out) : null;
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
                        t -> Descriptor.with(() -> {
                            reorders.reorder(
                                    own == null ? plainWeight(w.dim(1), w.dim(0)) : own.descriptor,
                                    wanted.descriptor,
                                    w,
                                    t);
                            return true;
                        }));
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
        Descriptor.with(() -> {
            reorders.reorder(layout.descriptor, plainWeight(plain.dim(1), plain.dim(0)), packed, plain);
            return true;
        });
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
        long b = q.dim(0);
        long t = q.dim(1);
        long s = k.dim(1);
        long d = q.dim(2);
        Shape shape = Shape.of(q.dim(0), heads, q.dim(1), k.dim(1));
        DType type = q.dtype();
        try (Tensor scores = probabilities != null
                        ? probabilities.retained()
                        : Tensor.empty(q.device(), DType.FLOAT32, shape);
                Tensor weights = type == DType.FLOAT32 ? scores.retained() : Tensor.empty(q.device(), type, shape);
                Tensor bias = mask == null || !anyTrue(mask) ? null : maskBias(mask)) {
            scores(q, k, bias, b, t, s, d, heads, scale, scores);
            norms.softmax(scores, 3, weights);
            primitives.run(
                    new Primitives.Key("attentionValues", b, t, s, d, heads, Dnnl.type(type)),
                    () -> product(
                            "attentionValues",
                            Dnnl.dense(type, b, heads, t, s),
                            Dnnl.strided(type, headed(b, heads, s, d), headStrides(heads, s, d)),
                            Dnnl.strided(type, headed(b, heads, t, d), headStrides(heads, t, d))),
                    OneDnnBackend.address(weights),
                    OneDnnBackend.address(v),
                    OneDnnBackend.address(out));
            if (mask != null && bias != null) {
                clearFullyMasked(mask, out, probabilities);
            }
        }
    }

    /** q·kᵀ·scale + bias in float32, whatever the type of q and k. */
    private void scores(
            Tensor q,
            Tensor k,
            @Nullable Tensor bias,
            long b,
            long t,
            long s,
            long d,
            int heads,
            float scale,
            Tensor scores) {
        long[] at = new long[bias == null ? 3 : 4];
        at[0] = OneDnnBackend.address(q);
        at[1] = OneDnnBackend.address(k);
        at[2] = OneDnnBackend.address(scores);
        if (bias != null) {
            at[3] = OneDnnBackend.address(bias);
        }
        primitives.run(
                new Primitives.Key(
                        "attentionScores",
                        b,
                        t,
                        s,
                        d,
                        heads,
                        Float.floatToIntBits(scale),
                        bias == null ? 0 : 1,
                        Dnnl.type(q.dtype())),
                () -> {
                    dnnl_memory_desc mq = Dnnl.strided(q.dtype(), headed(b, heads, t, d), headStrides(heads, t, d));
                    dnnl_memory_desc mk = Dnnl.strided(
                            q.dtype(), new long[] {b, heads, d / heads, s}, new long[] {s * d, d / heads, 1, d});
                    dnnl_memory_desc ms = Dnnl.dense(b, heads, t, s);
                    dnnl_memory_desc mb = Dnnl.dense(b, 1, 1, s);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    int id = 0;
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        a.eltwise(dnnl_eltwise_linear, scale, 0);
                        if (bias != null) {
                            id = a.binary(dnnl_binary_add, mb);
                        }
                        Dnnl.check(
                                dnnl_matmul_primitive_desc_create(pd, primitives.engine, mq, mk, null, ms, a.done()),
                                "attention");
                    }
                    Prepared.Builder p = new Prepared.Builder("attentionScores", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, mq)
                            .argument(DNNL_ARG_WEIGHTS, mk)
                            .argument(DNNL_ARG_DST, ms);
                    return bias == null ? p.build() : p.argument(id, mb).build();
                },
                at);
    }

    /** [B, T, D] seen as [B, heads, T, D / heads]. */
    private static long[] headed(long b, int heads, long t, long d) {
        return new long[] {b, heads, t, d / heads};
    }

    private static long[] headStrides(int heads, long t, long d) {
        return new long[] {t * d, d / heads, d, 1};
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
