package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/** Softmax, layer and group normalization. oneDNN speaks of variances where the contract has 1/√(var + eps). */
final class NormKernels {
    static final int SCALE_AND_SHIFT = dnnl_use_scale | dnnl_use_shift;

    private final Primitives primitives;
    private final ElementwiseKernels elementwise;

    NormKernels(Primitives primitives, ElementwiseKernels elementwise) {
        this.primitives = primitives;
        this.elementwise = elementwise;
    }

    void softmax(Tensor x, int axis, Tensor out) {
        softmax(x.shape().outer(axis), x.dim(axis), x.shape().inner(axis), x, out);
    }

    private void softmax(long outer, long n, long inner, Tensor x, Tensor out) {
        primitives.run(
                new Primitives.Key("softmax", outer, n, inner, Dnnl.type(out.dtype())),
                () -> {
                    dnnl_memory_desc src = Dnnl.dense(outer, n, inner);
                    dnnl_memory_desc dst = Dnnl.dense(out.dtype(), outer, n, inner);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_softmax_forward_primitive_desc_create(
                                        pd,
                                        primitives.engine,
                                        dnnl_forward_inference,
                                        dnnl_softmax_accurate,
                                        src,
                                        dst,
                                        1,
                                        a.done()),
                                "softmax");
                    }
                    return new Prepared.Builder("softmax", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, src)
                            .argument(DNNL_ARG_DST, dst)
                            .build();
                },
                OneDnnBackend.address(x),
                OneDnnBackend.address(out));
    }

    void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        long outer = y.shape().outer(axis);
        long n = y.dim(axis);
        long inner = y.shape().inner(axis);
        primitives.run(
                new Primitives.Key("softmaxGrad", outer, n, inner, log ? 1 : 0),
                () -> {
                    dnnl_memory_desc md = Dnnl.dense(outer, n, inner);
                    dnnl_primitive_desc hint = new PrimitiveDescriptor();
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    int algorithm = log ? dnnl_softmax_log : dnnl_softmax_accurate;
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_softmax_forward_primitive_desc_create(
                                        hint, primitives.engine, dnnl_forward_training, algorithm, md, md, 1, a.done()),
                                "softmax gradient");
                        Dnnl.check(
                                dnnl_softmax_backward_primitive_desc_create(
                                        pd, primitives.engine, algorithm, md, md, md, 1, hint, a.attr),
                                "softmax gradient");
                    }
                    return new Prepared.Builder("softmaxGrad", primitives.engine, pd)
                            .argument(DNNL_ARG_DST, md)
                            .argument(DNNL_ARG_DIFF_DST, md)
                            .argument(DNNL_ARG_DIFF_SRC, md)
                            .build();
                },
                OneDnnBackend.address(y),
                OneDnnBackend.address(g),
                OneDnnBackend.address(dx));
    }

    void layerNorm(
            Tensor x,
            @Nullable Tensor residual,
            Tensor gamma,
            Tensor beta,
            float eps,
            Tensor out,
            @Nullable Tensor sum,
            @Nullable Tensor statistics) {
        Tensor z = x;
        if (residual != null) {
            z = sum != null ? sum : out;
            elementwise.sum(x, residual, z);
        } else if (sum != null) {
            elementwise.affine(x, 1, 0, sum);
        }
        long n = x.dim(0);
        long d = x.dim(1);
        DType type = z.dtype();
        boolean training = statistics != null;
        long[] at = new long[training ? 6 : 4];
        at[0] = OneDnnBackend.address(z);
        at[1] = OneDnnBackend.address(gamma);
        at[2] = OneDnnBackend.address(beta);
        at[3] = OneDnnBackend.address(out);
        if (statistics != null) {
            at[4] = OneDnnBackend.address(statistics);
            at[5] = at[4] + 4 * n;
        }
        primitives.run(
                new Primitives.Key("layerNorm", n, d, training ? 1 : 0, Float.floatToIntBits(eps), Dnnl.type(type)),
                () -> {
                    dnnl_memory_desc src = Dnnl.dense(type, n, d);
                    dnnl_memory_desc dst = Dnnl.dense(n, d);
                    dnnl_memory_desc vector = Dnnl.dense(d);
                    dnnl_memory_desc rows = Dnnl.dense(n);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_layer_normalization_forward_primitive_desc_create(
                                        pd,
                                        primitives.engine,
                                        training ? dnnl_forward_training : dnnl_forward_inference,
                                        src,
                                        dst,
                                        rows,
                                        eps,
                                        SCALE_AND_SHIFT,
                                        a.done()),
                                "layer normalization");
                    }
                    Prepared.Builder b = new Prepared.Builder("layerNorm", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, src)
                            .argument(DNNL_ARG_SCALE, vector)
                            .argument(DNNL_ARG_SHIFT, vector)
                            .argument(DNNL_ARG_DST, dst);
                    return training
                            ? b.argument(DNNL_ARG_MEAN, rows)
                                    .argument(DNNL_ARG_VARIANCE, rows)
                                    .build()
                            : b.build();
                },
                at);
        if (statistics != null) {
            invertVariances(statistics, eps);
        }
    }

    void layerNormGrad(
            Tensor z, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta) {
        long n = z.dim(0);
        long d = z.dim(1);
        try (Tensor variances = restoredVariances(statistics, eps)) {
            primitives.run(
                    new Primitives.Key("layerNormGrad", n, d, Float.floatToIntBits(eps)),
                    () -> {
                        dnnl_memory_desc md = Dnnl.dense(n, d);
                        dnnl_memory_desc vector = Dnnl.dense(d);
                        dnnl_memory_desc rows = Dnnl.dense(n);
                        dnnl_primitive_desc hint = new PrimitiveDescriptor();
                        dnnl_primitive_desc pd = new PrimitiveDescriptor();
                        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                            Dnnl.check(
                                    dnnl_layer_normalization_forward_primitive_desc_create(
                                            hint,
                                            primitives.engine,
                                            dnnl_forward_training,
                                            md,
                                            md,
                                            rows,
                                            eps,
                                            SCALE_AND_SHIFT,
                                            a.done()),
                                    "layer normalization gradient");
                            Dnnl.check(
                                    dnnl_layer_normalization_backward_primitive_desc_create(
                                            pd,
                                            primitives.engine,
                                            dnnl_backward,
                                            md,
                                            md,
                                            md,
                                            rows,
                                            eps,
                                            SCALE_AND_SHIFT,
                                            hint,
                                            a.attr),
                                    "layer normalization gradient");
                        }
                        return new Prepared.Builder("layerNormGrad", primitives.engine, pd)
                                .argument(DNNL_ARG_SRC, md)
                                .argument(DNNL_ARG_SCALE, vector)
                                .argument(DNNL_ARG_MEAN, rows)
                                .argument(DNNL_ARG_VARIANCE, rows)
                                .argument(DNNL_ARG_DIFF_DST, md)
                                .argument(DNNL_ARG_DIFF_SRC, md)
                                .argument(DNNL_ARG_DIFF_SCALE, vector)
                                .argument(DNNL_ARG_DIFF_SHIFT, vector)
                                .build();
                    },
                    OneDnnBackend.address(z),
                    OneDnnBackend.address(gamma),
                    OneDnnBackend.address(statistics),
                    OneDnnBackend.address(variances),
                    OneDnnBackend.address(g),
                    OneDnnBackend.address(dz),
                    OneDnnBackend.address(dgamma),
                    OneDnnBackend.address(dbeta));
        }
    }

    void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        long count = (long) x.dim(0) * groups;
        long at = OneDnnBackend.address(statistics);
        primitives.run(
                groupKey("groupNorm", x, groups, eps),
                () -> {
                    dnnl_memory_desc md = image(x);
                    dnnl_memory_desc vector = Dnnl.dense(x.dim(3));
                    dnnl_memory_desc stats = Dnnl.dense(x.dim(0), groups);
                    return new Prepared.Builder("groupNorm", primitives.engine, groupForward(x, groups, eps))
                            .argument(DNNL_ARG_SRC, md)
                            .argument(DNNL_ARG_SCALE, vector)
                            .argument(DNNL_ARG_SHIFT, vector)
                            .argument(DNNL_ARG_DST, md)
                            .argument(DNNL_ARG_MEAN, stats)
                            .argument(DNNL_ARG_VARIANCE, stats)
                            .build();
                },
                OneDnnBackend.address(x),
                OneDnnBackend.address(gamma),
                OneDnnBackend.address(beta),
                OneDnnBackend.address(out),
                at,
                at + 4 * count);
        invertVariances(statistics, eps);
    }

    /** Gradients of group normalization do not depend on eps but through the statistics: any value restores them. */
    private static final float ANY_EPS = 1e-5f;

    void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        try (Tensor variances = restoredVariances(statistics, ANY_EPS)) {
            primitives.run(
                    groupKey("groupNormGrad", x, groups, ANY_EPS),
                    () -> {
                        dnnl_memory_desc md = image(x);
                        dnnl_memory_desc vector = Dnnl.dense(x.dim(3));
                        dnnl_memory_desc stats = Dnnl.dense(x.dim(0), groups);
                        dnnl_primitive_desc hint = groupForward(x, groups, ANY_EPS);
                        dnnl_primitive_desc pd = new PrimitiveDescriptor();
                        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                            Dnnl.check(
                                    dnnl_group_normalization_backward_primitive_desc_create(
                                            pd,
                                            primitives.engine,
                                            dnnl_backward,
                                            md,
                                            md,
                                            md,
                                            groups,
                                            ANY_EPS,
                                            SCALE_AND_SHIFT,
                                            hint,
                                            a.done()),
                                    "group normalization gradient");
                        }
                        return new Prepared.Builder("groupNormGrad", primitives.engine, pd)
                                .argument(DNNL_ARG_SRC, md)
                                .argument(DNNL_ARG_SCALE, vector)
                                .argument(DNNL_ARG_MEAN, stats)
                                .argument(DNNL_ARG_VARIANCE, stats)
                                .argument(DNNL_ARG_DIFF_DST, md)
                                .argument(DNNL_ARG_DIFF_SRC, md)
                                .argument(DNNL_ARG_DIFF_SCALE, vector)
                                .argument(DNNL_ARG_DIFF_SHIFT, vector)
                                .build();
                    },
                    OneDnnBackend.address(x),
                    OneDnnBackend.address(gamma),
                    OneDnnBackend.address(statistics),
                    OneDnnBackend.address(variances),
                    OneDnnBackend.address(g),
                    OneDnnBackend.address(dx),
                    OneDnnBackend.address(dgamma),
                    OneDnnBackend.address(dbeta));
        }
    }

    private static Primitives.Key groupKey(String op, Tensor x, int groups, float eps) {
        return new Primitives.Key(op, x.dim(0), x.dim(1), x.dim(2), x.dim(3), groups, Float.floatToIntBits(eps));
    }

    private static dnnl_memory_desc image(Tensor x) {
        return Dnnl.image(x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    }

    private dnnl_primitive_desc groupForward(Tensor x, int groups, float eps) {
        dnnl_memory_desc md = image(x);
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_group_normalization_forward_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_forward_training,
                            md,
                            md,
                            groups,
                            eps,
                            SCALE_AND_SHIFT,
                            a.done()),
                    "group normalization");
        }
        return pd;
    }

    /** Turns the variances in the second half of [2, ...] into 1/√(var + eps). */
    static void invertVariances(Tensor statistics, float eps) {
        FloatBuffer b = HostKernels.floats(statistics);
        for (int i = b.capacity() / 2; i < b.capacity(); i++) {
            b.put(i, (float) (1 / Math.sqrt((double) b.get(i) + eps)));
        }
    }

    /** The variances back from 1/√(var + eps); exact as far as var + eps is concerned, which is all that is used. */
    static Tensor restoredVariances(Tensor statistics, float eps) {
        FloatBuffer b = HostKernels.floats(statistics);
        int n = b.capacity() / 2;
        Tensor variances = Tensor.empty(statistics.device(), statistics.dtype(), Shape.of(n));
        FloatBuffer v = HostKernels.floats(variances);
        for (int i = 0; i < n; i++) {
            double r = b.get(n + i);
            v.put(i, (float) (1 / (r * r) - eps));
        }
        return variances;
    }
}
