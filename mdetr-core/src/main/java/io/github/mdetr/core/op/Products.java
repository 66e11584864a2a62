package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Matrix products and what is made of them. */
public final class Products {
    private Products() {}

    /** a · b over the last two axes; leading axes broadcast. */
    public static Tensor matmul(Tensor a, Tensor b) {
        return matmul(a, false, b, false);
    }

    /** a · b over the last two axes, either transposed first; leading axes broadcast. */
    public static Tensor matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
        Check.floats("matmul", a, b);
        Backend backend = Check.backend("matmul", a, b);
        Check.that(
                a.shape().rank() >= 2 && a.shape().rank() == b.shape().rank(),
                "matmul: expected two tensors of one rank, 2 or more, got " + a.shape() + " and " + b.shape());
        int m = a.dim(transposeA ? -1 : -2);
        int n = b.dim(transposeB ? -2 : -1);
        int ka = a.dim(transposeA ? -2 : -1);
        int kb = b.dim(transposeB ? -1 : -2);
        Check.that(
                ka == kb,
                "matmul: inner extents differ, " + ka + " of " + a.shape() + (transposeA ? "ᵀ" : "") + " and " + kb
                        + " of " + b.shape() + (transposeB ? "ᵀ" : ""));
        Shape batch = Check.broadcast(
                "matmul",
                a.shape().with(-1, 1).with(-2, 1),
                b.shape().with(-1, 1).with(-2, 1));
        Tensor y = Check.empty(a, batch.with(-2, m).with(-1, n));
        backend.matmul(a, transposeA, b, transposeB, y);
        return Tape.op("matmul", y)
                .saving(a, b)
                .input(
                        a,
                        (g, s) -> transposeA ? matmul(s[1], transposeB, g, true) : matmul(g, false, s[1], !transposeB))
                .input(
                        b,
                        (g, s) -> transposeB ? matmul(g, true, s[0], transposeA) : matmul(s[0], !transposeA, g, false))
                .done();
    }

    /** x · wᵀ + bias: x [..., in], w [out, in] (plain or packed), bias [out] or null; result [..., out]. */
    public static Tensor linear(Tensor x, Tensor w, @Nullable Tensor bias) {
        return linear(x, w, bias, Activation.IDENTITY);
    }

    /**
     * f(x · wᵀ + bias), f applied in the same pass: x [..., in], w [out, in], bias [out] or null; result [..., out]. Computes
     * in the weight's type, which is the result's: where that is bfloat16, x is rounded to it and sums are float32.
     */
    public static Tensor linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f) {
        Check.anyFloats("linear", x);
        Check.floats("linear", bias);
        Check.weight("linear", w, 2, x, bias);
        Backend b = Check.backend("linear", x, w, bias);
        int in = w.dim(1);
        int out = w.dim(0);
        Check.that(
                x.shape().rank() >= 1 && x.dim(-1) == in,
                "linear: input " + x.shape() + " must end in " + in + ", the inputs of weight " + w.shape());
        Check.shape("linear", "bias", bias, out);
        Unary curve = f.function();
        if (curve != null && f != Activation.RELU && Tape.isRecording(x, w, bias)) {
            try (Tensor z = linear(x, w, bias)) { // the gradient needs the value before f
                return Elementwise.unary("linear", curve, z);
            }
        }
        Shape flat = Shape.of(Math.toIntExact(x.size() / Math.max(1, in)), in);
        Shape flatOut = Shape.of(flat.dim(0), out);
        Tensor y = Check.empty(x, w.dtype(), x.shape().with(-1, out));
        try (Scope scope = Scope.open()) {
            b.linear(Check.as(w.dtype(), x).view(flat), w, bias, f, y.view(flatOut));
        }
        return Tape.op("linear", y)
                .saving(x, w, y)
                .input(x, null)
                .input(w, null)
                .input(bias, null)
                .done((g, s, needed) -> {
                    Tensor z = f == Activation.RELU ? reluGrad(s[2], g) : g;
                    Tensor gz = z.view(flatOut);
                    return new @Nullable Tensor[] {
                        needed[0] ? matmul(gz, s[1]).view(s[0].shape()) : null,
                        needed[1] ? matmul(gz, true, s[0].view(flat), false) : null,
                        needed[2] ? Reductions.sum(gz, false, 0) : null
                    };
                });
    }

    /** Gradient through a fused ReLU, from its output. */
    static Tensor reluGrad(Tensor y, Tensor g) {
        Tensor d = Check.empty(g, g.shape());
        Backend.of(g).unaryGrad(Unary.RELU, y, y, g, d);
        return d;
    }

    /**
     * Multi-head attention without its projections (Vaswani et al. 2017, eq. 1): per head
     * softmax(q·kᵀ/√(D/heads))·v.
     *
     * @param q [B, T, D]
     * @param k [B, S, D]
     * @param v [B, S, D]
     * @param keyPaddingMask mask [B, S], true on keys to leave out, or null
     * @param heads number of heads, a divisor of D
     * @return [B, T, D] of the type of q, k and v; zeros for a query that has no key left
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, @Nullable Tensor keyPaddingMask, int heads) {
        Check.anyFloats("attention", q, k, v);
        Check.that(
                k.dtype() == q.dtype() && v.dtype() == q.dtype(),
                "attention: query, key and value must be of one type, got " + q + ", " + k + " and " + v);
        Check.rank("attention", "query", q, 3);
        Check.rank("attention", "key", k, 3);
        Backend b = Check.backend("attention", q, k, v, keyPaddingMask);
        int d = q.dim(2);
        Check.that(heads > 0 && d % heads == 0, "attention: width " + d + " does not split over " + heads + " heads");
        Check.shape("attention", "key", k, q.dim(0), k.dim(1), d);
        Check.shape("attention", "value", v, q.dim(0), k.dim(1), d);
        Check.shape("attention", "keyPaddingMask", keyPaddingMask, q.dim(0), k.dim(1));
        if (keyPaddingMask != null) {
            Check.type("attention", "keyPaddingMask", keyPaddingMask, DType.BOOL);
        }
        float scale = (float) (1 / Math.sqrt((double) d / heads));
        Tensor y = Check.empty(q, q.dtype(), q.shape());
        if (!Tape.isRecording(q, k, v)) {
            b.attention(q, k, v, keyPaddingMask, heads, scale, y, null);
            return y;
        }
        try (Tensor p = Check.empty(q, Shape.of(q.dim(0), heads, q.dim(1), k.dim(1)))) {
            b.attention(q, k, v, keyPaddingMask, heads, scale, y, p);
            return Tape.op("attention", y)
                    .saving(q, k, v, p)
                    .input(q, null)
                    .input(k, null)
                    .input(v, null)
                    .done((g, s, needed) -> attentionGrad(g, s, heads, scale));
        }
    }

    private static Tensor[] attentionGrad(Tensor g, Tensor[] s, int heads, float scale) {
        Tensor p = s[3];
        Tensor gh = split(g, heads);
        Tensor qh = split(s[0], heads);
        Tensor kh = split(s[1], heads);
        Tensor vh = split(s[2], heads);
        Tensor dv = matmul(p, true, gh, false);
        Tensor dp = matmul(gh, false, vh, true);
        Tensor ds = Check.empty(p, p.shape());
        Backend.of(p).softmaxGrad(p, dp, 3, false, ds);
        Backend.of(p).affine(ds, scale, 0, ds);
        return new Tensor[] {merge(matmul(ds, kh)), merge(matmul(ds, true, qh, false)), merge(dv)};
    }

    /** [B, T, D] to [B, heads, T, D / heads]. */
    private static Tensor split(Tensor x, int heads) {
        return Shapes.permute(x.view(Shape.of(x.dim(0), x.dim(1), heads, x.dim(2) / heads)), 0, 2, 1, 3);
    }

    /** [B, heads, T, d] to [B, T, heads · d]. */
    private static Tensor merge(Tensor x) {
        return Shapes.permute(x, 0, 2, 1, 3).view(Shape.of(x.dim(0), x.dim(2), x.dim(1) * x.dim(3)));
    }
}
