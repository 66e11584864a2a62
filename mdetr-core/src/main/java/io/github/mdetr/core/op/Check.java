package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What every operation asks of its inputs before a kernel sees them. */
final class Check {
    private Check() {}

    /** The backend that all of {@code others} share with {@code x}. */
    static Backend backend(String op, Tensor x, @Nullable Tensor... others) {
        for (Tensor t : others) {
            if (t != null && t.device() != x.device()) {
                throw new IllegalArgumentException(op + ": inputs on different backends, "
                        + x.device().name() + " and " + t.device().name() + "; make all of them on one");
            }
        }
        return Backend.of(x);
    }

    static void type(String op, String name, Tensor t, DType expected) {
        if (t.dtype() != expected) {
            throw new IllegalArgumentException(op + ": " + name + " must be " + expected + ", got " + t);
        }
        t.checkPlain(op + ": " + name);
    }

    /** Plain floats, where given. */
    static void floats(String op, @Nullable Tensor... inputs) {
        for (Tensor t : inputs) {
            if (t != null) {
                type(op, "input", t, DType.FLOAT32);
            }
        }
    }

    /** Plain float32 or bfloat16, where given. */
    static void anyFloats(String op, @Nullable Tensor... inputs) {
        for (Tensor t : inputs) {
            if (t != null) {
                type(op, "input", t, t.dtype() == DType.BFLOAT16 ? DType.BFLOAT16 : DType.FLOAT32);
            }
        }
    }

    /** A table of float32, or of float16 for inference. */
    static void table(String op, Tensor table) {
        if (table.dtype() == DType.FLOAT16 && !Tape.isRecording(table)) {
            return;
        }
        type(op, "table", table, DType.FLOAT32);
    }

    /** A weight of plain floats or packed; a gradient is worked out for float32 alone. */
    static void weight(String op, Tensor w, int rank, @Nullable Tensor... inputs) {
        if (!w.isPacked()) {
            type(op, "weight", w, DType.FLOAT32);
        }
        rank(op, "weight", w, rank);
        if (w.dtype() == DType.BFLOAT16 && Tape.isRecording(inputs)) {
            throw new IllegalArgumentException(op + ": bfloat16 is for inference, a gradient needs float32");
        }
    }

    /** {@code x} as {@code type}: itself, or a copy that the open scope closes. */
    static Tensor as(DType type, Tensor x) {
        if (x.dtype() == type) {
            return x;
        }
        Tensor y = Tensor.empty(x.device(), type, x.shape());
        Backend.of(x).copy(x, y);
        return y;
    }

    /** The shape that all of {@code shapes} broadcast to. */
    static Shape broadcast(String op, Shape... shapes) {
        Shape all = Shape.of();
        try {
            for (Shape s : shapes) {
                all = Shape.broadcast(all, s);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(op + ": " + e.getMessage(), e);
        }
        return all;
    }

    static void rank(String op, String name, Tensor t, int rank) {
        if (t.shape().rank() != rank) {
            throw new IllegalArgumentException(op + ": " + name + " must have " + rank + " axes, got " + t);
        }
    }

    static void shape(String op, String name, @Nullable Tensor t, int... expected) {
        if (t != null && !t.shape().equals(Shape.of(expected))) {
            throw new IllegalArgumentException(
                    op + ": " + name + " must have shape " + Shape.of(expected) + ", got " + t.shape());
        }
    }

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** An uninitialized tensor of {@code type} beside {@code x}. */
    static Tensor empty(Tensor x, DType type, Shape shape) {
        return Tensor.empty(x.device(), type, shape);
    }

    /** An uninitialized float tensor beside {@code x}. */
    static Tensor empty(Tensor x, Shape shape) {
        return Tensor.empty(x.device(), DType.FLOAT32, shape);
    }
}
