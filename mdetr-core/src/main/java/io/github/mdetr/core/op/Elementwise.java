package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/**
 * Functions applied to each element by itself. Those of two tensors broadcast by NumPy's rule; gradients are summed back
 * to the shapes that came in.
 */
public final class Elementwise {
    private Elementwise() {}

    // ---- of two tensors ----

    /** a + b. */
    public static Tensor add(Tensor a, Tensor b) {
        return Tape.op("add", binary("add", Binary.ADD, a, b))
                .input(a, (g, s) -> g)
                .input(b, (g, s) -> g)
                .done();
    }

    /** a − b. */
    public static Tensor sub(Tensor a, Tensor b) {
        return Tape.op("sub", binary("sub", Binary.SUB, a, b))
                .input(a, (g, s) -> g)
                .input(b, (g, s) -> neg(g))
                .done();
    }

    /** a · b. */
    public static Tensor mul(Tensor a, Tensor b) {
        return Tape.op("mul", binary("mul", Binary.MUL, a, b))
                .saving(a, b)
                .input(a, (g, s) -> mul(g, s[1]))
                .input(b, (g, s) -> mul(g, s[0]))
                .done();
    }

    /** a / b. */
    public static Tensor div(Tensor a, Tensor b) {
        return Tape.op("div", binary("div", Binary.DIV, a, b))
                .saving(a, b)
                .input(a, (g, s) -> div(g, s[1]))
                .input(b, (g, s) -> neg(div(mul(g, div(s[0], s[1])), s[1]))) // b² could underflow
                .done();
    }

    /** The smaller of the two; where equal, each takes half of the gradient, as in PyTorch. */
    public static Tensor minimum(Tensor a, Tensor b) {
        return Tape.op("minimum", binary("minimum", Binary.MIN, a, b))
                .saving(a, b)
                .input(a, (g, s) -> mul(g, wins(s[1], s[0])))
                .input(b, (g, s) -> mul(g, wins(s[0], s[1])))
                .done();
    }

    /** The larger of the two; where equal, each takes half of the gradient, as in PyTorch. */
    public static Tensor maximum(Tensor a, Tensor b) {
        return Tape.op("maximum", binary("maximum", Binary.MAX, a, b))
                .saving(a, b)
                .input(a, (g, s) -> mul(g, wins(s[0], s[1])))
                .input(b, (g, s) -> mul(g, wins(s[1], s[0])))
                .done();
    }

    /** 1 where a &gt; b, ½ where equal, else 0. */
    private static Tensor wins(Tensor a, Tensor b) {
        return add(greater(a, b), scale(binary("compare", Binary.EQ, a, b), 0.5f));
    }

    /** 1 where a &gt; b, else 0. No gradient. */
    static Tensor greater(Tensor a, Tensor b) {
        return binary("compare", Binary.GT, a, b);
    }

    private static Tensor binary(String op, Binary f, Tensor a, Tensor b) {
        Check.floats(op, a, b);
        Backend backend = Check.backend(op, a, b);
        Shape shape = Check.broadcast(op, a.shape(), b.shape());
        Tensor out = Check.empty(a, shape);
        backend.binary(f, a, b, out);
        return out;
    }

    // ---- of one tensor and numbers ----

    /** factor · x. */
    public static Tensor scale(Tensor x, float factor) {
        return affine(x, factor, 0);
    }

    /** x + value. */
    public static Tensor shift(Tensor x, float value) {
        return affine(x, 1, value);
    }

    private static Tensor affine(Tensor x, float factor, float value) {
        Check.floats("scale", x);
        Tensor y = Check.empty(x, x.shape());
        Backend.of(x).affine(x, factor, value, y);
        return Tape.op("scale", y)
                .input(x, (g, s) -> factor == 1 ? g : affine(g, factor, 0))
                .done();
    }

    /** Limits to [low, high]; the gradient passes where the value lies strictly within, as in PyTorch. */
    public static Tensor clamp(Tensor x, float low, float high) {
        Check.floats("clamp", x);
        Check.that(low < high, "clamp: low " + low + " must be below high " + high);
        Tensor y = Check.empty(x, x.shape());
        Backend.of(x).clamp(x, low, high, y);
        return Tape.op("clamp", y)
                .saving(x)
                .input(x, (g, s) -> mul(mul(g, greater(s[0], number(g, low))), greater(number(g, high), s[0])))
                .done();
    }

    /** a where {@code condition}, else b; {@code condition} is a mask. All three broadcast. */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        Check.type("where", "condition", condition, DType.BOOL);
        Check.floats("where", a, b);
        Backend backend = Check.backend("where", condition, a, b);
        Tensor y = Check.empty(a, Check.broadcast("where", condition.shape(), a.shape(), b.shape()));
        backend.where(condition, a, b, y);
        return Tape.op("where", y)
                .saving(condition)
                .input(a, (g, s) -> where(s[0], g, number(g, 0)))
                .input(b, (g, s) -> where(s[0], number(g, 0), g))
                .done();
    }

    /** {@code value} where {@code mask}, else x. */
    public static Tensor maskedFill(Tensor x, Tensor mask, float value) {
        try (Tensor fill = number(x, value)) {
            return where(mask, fill, x);
        }
    }

    /** A number without axes, beside {@code x}. */
    static Tensor number(Tensor x, float value) {
        Tensor t = Check.empty(x, Shape.of());
        Backend.of(x).fill(t, value);
        return t;
    }

    // ---- of one tensor ----

    /** −x. */
    public static Tensor neg(Tensor x) {
        return unary("neg", Unary.NEG, x);
    }

    /** eˣ. */
    public static Tensor exp(Tensor x) {
        return unary("exp", Unary.EXP, x);
    }

    /** Natural logarithm. */
    public static Tensor log(Tensor x) {
        return unary("log", Unary.LOG, x);
    }

    /** √x. */
    public static Tensor sqrt(Tensor x) {
        return unary("sqrt", Unary.SQRT, x);
    }

    /** x². */
    public static Tensor square(Tensor x) {
        return unary("square", Unary.SQUARE, x);
    }

    /** |x|, with gradient 0 at 0. */
    public static Tensor abs(Tensor x) {
        return unary("abs", Unary.ABS, x);
    }

    /** max(x, 0), with gradient 0 at 0. */
    public static Tensor relu(Tensor x) {
        return unary("relu", Unary.RELU, x);
    }

    /** x·Φ(x), Φ the normal distribution function (exact, by erf; Hendrycks and Gimpel 2016). */
    public static Tensor gelu(Tensor x) {
        return unary("gelu", Unary.GELU, x);
    }

    /** x·σ(x) (Elfwing et al. 2017). */
    public static Tensor silu(Tensor x) {
        return unary("silu", Unary.SILU, x);
    }

    /** 1/(1 + e⁻ˣ). */
    public static Tensor sigmoid(Tensor x) {
        return unary("sigmoid", Unary.SIGMOID, x);
    }

    /** Hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return unary("tanh", Unary.TANH, x);
    }

    static Tensor unary(String op, Unary f, Tensor x) {
        Check.floats(op, x);
        Tensor y = Check.empty(x, x.shape());
        Backend.of(x).unary(f, x, y);
        return Tape.op(op, y)
                .saving(x, y)
                .input(x, (g, s) -> {
                    Tensor dx = Check.empty(g, g.shape());
                    Backend.of(g).unaryGrad(f, s[0], s[1], g, dx);
                    return dx;
                })
                .done();
    }

    /**
     * Binary cross-entropy of each logit with its target in [0, 1]: max(x, 0) − x·t + log(1 + e^−|x|), stable for large
     * logits. The target is a constant.
     */
    public static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
        String op = "binaryCrossEntropyWithLogits";
        try (Scope scope = Scope.open()) {
            Tensor product = binary(op, Binary.MUL, logits, target);
            Backend b = Backend.of(logits);
            Tensor tail = Check.empty(logits, logits.shape());
            b.unary(Unary.ABS, logits, tail);
            b.affine(tail, -1, 0, tail);
            b.unary(Unary.EXP, tail, tail);
            b.affine(tail, 1, 1, tail);
            b.unary(Unary.LOG, tail, tail);
            Tensor head = Check.empty(logits, logits.shape());
            b.unary(Unary.RELU, logits, head);
            b.binary(Binary.ADD, head, tail, head);
            return scope.keep(Tape.op(op, binary(op, Binary.SUB, head, product))
                    .saving(logits, target)
                    .input(logits, (g, s) -> mul(g, sub(sigmoid(s[0]), s[1])))
                    .done());
        }
    }
}
