package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.stream.IntStream;

/** Sums, means and other values made of many, along chosen axes. */
public final class Reductions {
    private Reductions() {}

    /** The sum of all elements, without axes. */
    public static Tensor sum(Tensor x) {
        return squeezed(reduce("sum", Reduce.SUM, x, allAxes(x)), false, allAxes(x));
    }

    /** The mean of all elements, without axes. */
    public static Tensor mean(Tensor x) {
        return squeezed(reduce("mean", Reduce.MEAN, x, allAxes(x)), false, allAxes(x));
    }

    /** The sum along {@code axes}, which stay with extent 1 when {@code keepDims}; float32 of any type of floats. */
    public static Tensor sum(Tensor x, boolean keepDims, int... axes) {
        return squeezed(reduce("sum", Reduce.SUM, x, axes), keepDims, axes);
    }

    /** The mean along {@code axes}, which stay with extent 1 when {@code keepDims}; float32 of any type of floats. */
    public static Tensor mean(Tensor x, boolean keepDims, int... axes) {
        return squeezed(reduce("mean", Reduce.MEAN, x, axes), keepDims, axes);
    }

    /** The largest along {@code axis}; its gradient goes to the first largest. */
    public static Tensor max(Tensor x, int axis, boolean keepDims) {
        Check.floats("max", x);
        Tensor y = Check.empty(x, reduced(x, axis));
        Backend.of(x).reduce(Reduce.MAX, x, y);
        if (Tape.isRecording(x)) {
            int extent = x.dim(axis);
            try (Tensor index = argmax(x, axis)) {
                Tape.op("max", y)
                        .saving(index)
                        .input(x, (g, s) -> Elementwise.mul(Indexing.oneHot(s[0], axis, extent), g))
                        .done();
            }
        }
        return squeezed(y, keepDims, axis);
    }

    /** Index (int32) of the first largest value along {@code axis}, which stays with extent 1. No gradient. */
    public static Tensor argmax(Tensor x, int axis) {
        Check.floats("argmax", x);
        Tensor out = Tensor.empty(x.device(), DType.INT32, reduced(x, axis));
        Backend.of(x).argmax(x, x.shape().axis(axis), out);
        return out;
    }

    /** Running sum along {@code axis}. */
    public static Tensor cumulativeSum(Tensor x, int axis) {
        return cumulativeSum(x, x.shape().axis(axis), false);
    }

    private static Tensor cumulativeSum(Tensor x, int axis, boolean reverse) {
        Check.floats("cumulativeSum", x);
        Tensor y = Check.empty(x, x.shape());
        Backend.of(x).cumulativeSum(x, axis, reverse, y);
        return Tape.op("cumulativeSum", y)
                .input(x, (g, s) -> cumulativeSum(g, axis, !reverse))
                .done();
    }

    /** softmax(x) along {@code axis}: eˣ/Σeˣ. A line of −∞ alone gives NaN, as in PyTorch. */
    public static Tensor softmax(Tensor x, int axis) {
        return softmax("softmax", x, axis, false);
    }

    /** log softmax(x) along {@code axis}, without forming the softmax. */
    public static Tensor logSoftmax(Tensor x, int axis) {
        return softmax("logSoftmax", x, axis, true);
    }

    private static Tensor softmax(String op, Tensor x, int axis, boolean log) {
        Check.floats(op, x);
        int a = x.shape().axis(axis);
        Tensor y = Check.empty(x, x.shape());
        Backend.of(x).softmax(x, a, log, y);
        return Tape.op(op, y)
                .saving(y)
                .input(x, (g, s) -> {
                    Tensor dx = Check.empty(g, g.shape());
                    Backend.of(g).softmaxGrad(s[0], g, a, log, dx);
                    return dx;
                })
                .done();
    }

    /** log Σeˣ along {@code axis}, stable for large values. */
    public static Tensor logSumExp(Tensor x, int axis, boolean keepDims) {
        Check.floats("logSumExp", x);
        Backend b = Backend.of(x);
        int a = x.shape().axis(axis);
        try (Scope scope = Scope.open()) {
            Tensor peak = Check.empty(x, reduced(x, a));
            b.reduce(Reduce.MAX, x, peak);
            b.clamp(peak, -Float.MAX_VALUE, Float.MAX_VALUE, peak); // a line of −∞ alone must not become −∞ − −∞
            Tensor y = Elementwise.add(Elementwise.log(sumExp(x, peak)), peak);
            Tape.op("logSumExp", y)
                    .saving(x, y)
                    .input(x, (g, s) -> Elementwise.mul(g, Elementwise.exp(Elementwise.sub(s[0], s[1]))))
                    .done();
            return scope.keep(squeezed(y, keepDims, a));
        }
    }

    private static Tensor sumExp(Tensor x, Tensor peak) {
        Backend b = Backend.of(x);
        Tensor shifted = Check.empty(x, x.shape());
        b.binary(Binary.SUB, x, peak, shifted);
        b.unary(Unary.EXP, shifted, shifted);
        Tensor sum = Check.empty(x, peak.shape());
        b.reduce(Reduce.SUM, shifted, sum);
        return sum;
    }

    private static Tensor reduce(String op, Reduce how, Tensor x, int... axes) {
        Check.anyFloats(op, x);
        Tensor y = Check.empty(x, reduced(x, axes));
        Backend.of(x).reduce(how, x, y);
        float share = how == Reduce.MEAN ? (float) y.size() / x.size() : 1;
        return Tape.op(op, y)
                .input(x, (g, s) -> Shapes.broadcastTo(Elementwise.scale(g, share), x.shape()))
                .done();
    }

    private static Shape reduced(Tensor x, int... axes) {
        Shape s = x.shape();
        for (int a : axes) {
            s = s.with(a, 1);
        }
        return s;
    }

    /** {@code y} itself when {@code keepDims}, else under a shape without the axes, taking it over. */
    private static Tensor squeezed(Tensor y, boolean keepDims, int... axes) {
        if (keepDims) {
            return y;
        }
        boolean[] gone = new boolean[y.shape().rank()];
        for (int a : axes) {
            gone[y.shape().axis(a)] = true;
        }
        int[] dims = IntStream.range(0, gone.length)
                .filter(i -> !gone[i])
                .map(i -> y.dim(i))
                .toArray();
        try (y) {
            return Shapes.reshape(y, dims);
        }
    }

    private static int[] allAxes(Tensor x) {
        return IntStream.range(0, x.shape().rank()).toArray();
    }
}
