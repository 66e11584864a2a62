package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Operations that move elements and change none. */
public final class Shapes {
    private Shapes() {}

    /** The same elements, in the same order and memory, under another shape; one extent may be −1. */
    public static Tensor reshape(Tensor x, int... dims) {
        Shape shape = Shape.of(inferred(x, dims));
        Shape before = x.shape();
        return Tape.op("reshape", x.view(shape))
                .input(x, (g, s) -> g.view(before))
                .done();
    }

    private static int[] inferred(Tensor x, int[] dims) {
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && unknown < 0) {
                unknown = i;
            } else {
                known *= dims[i];
            }
        }
        Check.that(
                unknown < 0 ? known == x.size() : known > 0 && x.size() % known == 0,
                "reshape: " + x.shape() + " has " + x.size() + " elements, which do not fill " + Arrays.toString(dims));
        int[] out = dims.clone();
        if (unknown >= 0) {
            out[unknown] = Math.toIntExact(x.size() / known);
        }
        return out;
    }

    /** The same numbers as float32, at once or widened from 16 bits. */
    public static Tensor toFloat32(Tensor x) {
        Check.that(x.dtype().isFloat(), "toFloat32: input must be floats, got " + x);
        Tensor y = x.dtype() == DType.FLOAT32 ? x.view(x.shape()) : Check.as(DType.FLOAT32, x);
        return Tape.op("toFloat32", y).input(x, (g, s) -> g).done();
    }

    /** Reorders the axes: axis k of the result is axis {@code axes[k]} of x. */
    public static Tensor permute(Tensor x, int... axes) {
        Check.anyFloats("permute", x);
        int rank = x.shape().rank();
        int[] dims = new int[rank];
        int[] inverse = new int[rank];
        Arrays.fill(inverse, -1);
        Check.that(axes.length == rank, "permute: " + x.shape() + " needs " + rank + " axes, got " + axes.length);
        for (int k = 0; k < rank; k++) {
            int a = x.shape().axis(axes[k]);
            Check.that(inverse[a] < 0, "permute: axis " + a + " is named twice in " + Arrays.toString(axes));
            inverse[a] = k;
            dims[k] = x.dim(a);
        }
        int[] forward = new int[rank];
        for (int a = 0; a < rank; a++) {
            forward[inverse[a]] = a;
        }
        Tensor y = Check.empty(x, x.dtype(), Shape.of(dims));
        Backend.of(x).permute(x, forward, y);
        return Tape.op("permute", y).input(x, (g, s) -> permute(g, inverse)).done();
    }

    /** Swaps two axes. */
    public static Tensor transpose(Tensor x, int a, int b) {
        int[] axes = new int[x.shape().rank()];
        Arrays.setAll(axes, i -> i);
        axes[x.shape().axis(a)] = x.shape().axis(b);
        axes[x.shape().axis(b)] = x.shape().axis(a);
        return permute(x, axes);
    }

    /** Repeats x, of any type, to {@code shape} by NumPy's broadcasting rule. */
    public static Tensor broadcastTo(Tensor x, Shape shape) {
        Check.type("broadcastTo", "input", x, x.dtype());
        Check.that(x.shape().broadcastsTo(shape), "broadcastTo: " + x.shape() + " does not broadcast to " + shape);
        Tensor y = Tensor.empty(x.device(), x.dtype(), shape);
        Backend.of(x).broadcast(x, y);
        return Tape.op("broadcastTo", y).input(x, (g, s) -> g).done();
    }

    /** Joins tensors that agree in all other extents along {@code axis}. */
    public static Tensor concat(List<Tensor> parts, int axis) {
        Check.that(!parts.isEmpty(), "concat: expected at least one tensor, got none");
        Tensor first = parts.get(0);
        int a = first.shape().axis(axis);
        int extent = 0;
        for (Tensor t : parts) {
            Check.backend("concat", first, t);
            Check.type("concat", "part", t, first.dtype());
            Check.that(
                    t.shape().rank() == first.shape().rank()
                            && t.shape().with(a, 1).equals(first.shape().with(a, 1)),
                    "concat: parts must agree in all extents but that of axis " + a + ", got " + first.shape() + " and "
                            + t.shape());
            extent += t.dim(a);
        }
        Tensor y = Tensor.empty(first.device(), first.dtype(), first.shape().with(a, extent));
        Tape.Recorder record = Tape.op("concat", y);
        int at = 0;
        for (Tensor t : parts) {
            Backend.of(y).place(t, a, at, y);
            int from = at;
            int to = at + t.dim(a);
            record.input(t, (g, s) -> slice(g, a, from, to));
            at = to;
        }
        return record.done();
    }

    /** Joins tensors of one shape along a new axis. */
    public static Tensor stack(List<Tensor> parts, int axis) {
        Check.that(!parts.isEmpty(), "stack: expected at least one tensor, got none");
        int rank = parts.get(0).shape().rank() + 1;
        int a = axis < 0 ? axis + rank : axis;
        Check.that(a >= 0 && a < rank, "stack: axis " + axis + " is not one of " + rank);
        try (Scope scope = Scope.open()) {
            return scope.keep(concat(
                    parts.stream().map(t -> reshape(t, inserted(t.shape(), a))).toList(), a));
        }
    }

    private static int[] inserted(Shape shape, int axis) {
        int[] d = new int[shape.rank() + 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = i == axis ? 1 : shape.dim(i < axis ? i : i - 1);
        }
        return d;
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive) along {@code axis}. */
    public static Tensor slice(Tensor x, int axis, int from, int to) {
        Check.type("slice", "input", x, x.dtype());
        int a = x.shape().axis(axis);
        Check.that(
                0 <= from && from <= to && to <= x.dim(a),
                "slice: [" + from + ", " + to + ") along axis " + axis + " of " + x.shape() + ": expected within [0, "
                        + x.dim(a) + "]");
        Tensor y = Tensor.empty(x.device(), x.dtype(), x.shape().with(a, to - from));
        Backend.of(x).slice(x, a, from, y);
        Shape shape = x.shape();
        return Tape.op("slice", y)
                .input(x, (g, s) -> {
                    Tensor dx = Check.empty(g, shape);
                    Backend.of(g).fill(dx, 0);
                    Backend.of(g).place(g, a, from, dx);
                    return dx;
                })
                .done();
    }
}
