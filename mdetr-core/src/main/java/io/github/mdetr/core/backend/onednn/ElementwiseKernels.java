package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Functions of each element by itself. */
final class ElementwiseKernels {
    private final Primitives primitives;
    private final HostKernels host;
    private final Reorders reorders;

    ElementwiseKernels(Primitives primitives, HostKernels host, Reorders reorders) {
        this.primitives = primitives;
        this.host = host;
        this.reorders = reorders;
    }

    void unary(Unary f, Tensor x, Tensor out) {
        switch (f) {
            case NEG -> eltwise(dnnl_eltwise_linear, -1, 0, x, out);
            case EXP -> eltwise(dnnl_eltwise_exp, 0, 0, x, out);
            case LOG -> host.log(x, out);
            case SQRT -> eltwise(dnnl_eltwise_sqrt, 0, 0, x, out);
            case SQUARE -> eltwise(dnnl_eltwise_square, 0, 0, x, out);
            case ABS -> eltwise(dnnl_eltwise_abs, 0, 0, x, out);
            case RELU -> eltwise(dnnl_eltwise_relu, 0, 0, x, out);
            case GELU -> eltwise(dnnl_eltwise_gelu_erf, 0, 0, x, out);
            case SILU -> eltwise(dnnl_eltwise_swish, 1, 0, x, out);
            case SIGMOID -> eltwise(dnnl_eltwise_logistic, 0, 0, x, out);
            case TANH -> eltwise(dnnl_eltwise_tanh, 0, 0, x, out);
        }
    }

    void affine(Tensor x, float scale, float shift, Tensor out) {
        eltwise(dnnl_eltwise_linear, scale, shift, x, out);
    }

    void clamp(Tensor x, float low, float high, Tensor out) {
        host.clamp(x, low, high, out);
    }

    private void eltwise(int algorithm, float alpha, float beta, Tensor x, Tensor out) {
        long n = x.size();
        primitives.run(
                new Primitives.Key("eltwise", algorithm, Float.floatToIntBits(alpha), Float.floatToIntBits(beta), n),
                () -> {
                    dnnl_memory_desc md = Dnnl.dense(n);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_eltwise_forward_primitive_desc_create(
                                        pd,
                                        primitives.engine,
                                        dnnl_forward_inference,
                                        algorithm,
                                        md,
                                        md,
                                        alpha,
                                        beta,
                                        a.done()),
                                "eltwise");
                    }
                    return new Prepared.Builder("eltwise", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, md)
                            .argument(DNNL_ARG_DST, md)
                            .build();
                },
                OneDnnBackend.address(x),
                OneDnnBackend.address(out));
    }

    void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx) {
        switch (f) {
            case NEG -> affine(g, -1, 0, dx);
            case EXP -> binary(Binary.MUL, g, y, dx);
            case LOG -> binary(Binary.DIV, g, x, dx);
            case SQRT -> gradient(dnnl_eltwise_sqrt_use_dst_for_bwd, dnnl_eltwise_sqrt, 0, y, g, dx, true);
            case SQUARE -> gradient(dnnl_eltwise_square, dnnl_eltwise_square, 0, x, g, dx, false);
            case ABS -> gradient(dnnl_eltwise_abs, dnnl_eltwise_abs, 0, x, g, dx, false);
            case RELU -> gradient(dnnl_eltwise_relu, dnnl_eltwise_relu, 0, y, g, dx, false);
            case GELU -> gradient(dnnl_eltwise_gelu_erf, dnnl_eltwise_gelu_erf, 0, x, g, dx, false);
            case SILU -> gradient(dnnl_eltwise_swish, dnnl_eltwise_swish, 1, x, g, dx, false);
            case SIGMOID -> gradient(dnnl_eltwise_logistic_use_dst_for_bwd, dnnl_eltwise_logistic, 0, y, g, dx, true);
            case TANH -> gradient(dnnl_eltwise_tanh_use_dst_for_bwd, dnnl_eltwise_tanh, 0, y, g, dx, true);
        }
    }

    private void gradient(int algorithm, int forward, float alpha, Tensor data, Tensor g, Tensor dx, boolean byOutput) {
        long n = g.size();
        primitives.run(
                new Primitives.Key("eltwiseGrad", algorithm, Float.floatToIntBits(alpha), n),
                () -> {
                    dnnl_memory_desc md = Dnnl.dense(n);
                    dnnl_primitive_desc hint = new PrimitiveDescriptor();
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_eltwise_forward_primitive_desc_create(
                                        hint,
                                        primitives.engine,
                                        dnnl_forward_training,
                                        byOutput ? algorithm : forward,
                                        md,
                                        md,
                                        alpha,
                                        0,
                                        a.done()),
                                "eltwise gradient");
                        Dnnl.check(
                                dnnl_eltwise_backward_primitive_desc_create(
                                        pd, primitives.engine, algorithm, md, md, md, alpha, 0, hint, a.attr),
                                "eltwise gradient");
                    }
                    return new Prepared.Builder("eltwiseGrad", primitives.engine, pd)
                            .argument(byOutput ? DNNL_ARG_DST : DNNL_ARG_SRC, md)
                            .argument(DNNL_ARG_DIFF_DST, md)
                            .argument(DNNL_ARG_DIFF_SRC, md)
                            .build();
                },
                OneDnnBackend.address(data),
                OneDnnBackend.address(g),
                OneDnnBackend.address(dx));
    }

    void binary(Binary f, Tensor a, Tensor b, Tensor out) {
        if (!a.shape().equals(out.shape()) && b.shape().equals(out.shape()) && commutes(f)) {
            binary(f, b, a, out);
        } else if (!a.shape().equals(out.shape())) {
            try (Tensor whole = a.size() == out.size() ? a.view(out.shape()) : repeated(a, out)) {
                binary(f, whole, b, out);
            }
        } else {
            direct(f, a, b, out);
        }
    }

    private Tensor repeated(Tensor x, Tensor like) {
        Tensor whole = Tensor.empty(like.device(), like.dtype(), like.shape());
        host.broadcast(x, whole);
        return whole;
    }

    private static boolean commutes(Binary f) {
        return f == Binary.ADD || f == Binary.MUL || f == Binary.MIN || f == Binary.MAX || f == Binary.EQ;
    }

    /** a + b of one shape in float32, each of any type of floats. */
    void sum(Tensor a, Tensor b, Tensor out) {
        try (Tensor wide = widened(a);
                Tensor other = widened(b)) { // oneDNN adds mixed types by a slow reference
            binary(Binary.ADD, wide, other, out);
        }
    }

    /** A handle on {@code x}, or on a copy as float32. */
    Tensor widened(Tensor x) {
        if (x.dtype() == DType.FLOAT32) {
            return x.retained();
        }
        try (Tensor scoped = Tensor.empty(x.device(), DType.FLOAT32, x.shape())) {
            reorders.convert(x, scoped);
            return scoped.retained();
        }
    }

    /** {@code a} of the shape of {@code out}, {@code b} broadcast; axes that broadcast alike are joined. */
    private void direct(Binary f, Tensor a, Tensor b, Tensor out) {
        long[][] joined = join(out.shape(), b.shape());
        long[] key = new long[1 + 2 * joined[0].length];
        key[0] = algorithm(f);
        System.arraycopy(joined[0], 0, key, 1, joined[0].length);
        System.arraycopy(joined[1], 0, key, 1 + joined[0].length, joined[1].length);
        primitives.run(
                new Primitives.Key("binary", key),
                () -> {
                    dnnl_memory_desc whole = Dnnl.dense(joined[0]);
                    dnnl_memory_desc part = Dnnl.dense(joined[1]);
                    dnnl_primitive_desc pd = new PrimitiveDescriptor();
                    try (Dnnl.Attributes attributes = new Dnnl.Attributes()) {
                        Dnnl.check(
                                dnnl_binary_primitive_desc_create(
                                        pd, primitives.engine, algorithm(f), whole, part, whole, attributes.done()),
                                "binary");
                    }
                    return new Prepared.Builder("binary", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC_0, whole)
                            .argument(DNNL_ARG_SRC_1, part)
                            .argument(DNNL_ARG_DST, whole)
                            .build();
                },
                OneDnnBackend.address(a),
                OneDnnBackend.address(b),
                OneDnnBackend.address(out));
    }

    /** The extents of {@code whole} and of {@code part}, with neighbouring axes joined where both repeat or neither does. */
    static long[][] join(Shape whole, Shape part) {
        long[] w = new long[Math.max(1, whole.rank())];
        long[] p = new long[w.length];
        int n = 0;
        for (int i = 0; i < whole.rank(); i++) {
            int k = i - (whole.rank() - part.rank());
            long extent = whole.dim(i);
            long own = k < 0 ? 1 : part.dim(k);
            if (extent == 1) {
                continue;
            }
            if (n > 0 && (p[n - 1] == 1) == (own == 1)) {
                w[n - 1] *= extent;
                p[n - 1] *= own;
            } else {
                w[n] = extent;
                p[n++] = own;
            }
        }
        if (n == 0) {
            w[0] = 1;
            p[0] = 1;
            n = 1;
        }
        return new long[][] {Arrays.copyOf(w, n), Arrays.copyOf(p, n)};
    }

    private static int algorithm(Binary f) {
        return switch (f) {
            case ADD -> dnnl_binary_add;
            case SUB -> dnnl_binary_sub;
            case MUL -> dnnl_binary_mul;
            case DIV -> dnnl_binary_div;
            case MIN -> dnnl_binary_min;
            case MAX -> dnnl_binary_max;
            case GT -> dnnl_binary_gt;
            case EQ -> dnnl_binary_eq;
        };
    }
}
