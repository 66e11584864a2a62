package io.github.mdetr.core.backend.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarAdd;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.comparison.CompareAndReplace;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** ND4J's operations in the few forms used here. All write to an array that is there; {@code out} may be an input. */
final class Ops {
    private Ops() {}

    static void run(Op op) {
        Nd4j.getExecutioner().exec(op);
    }

    /** Copies between arrays of equal shape, whatever their strides and types. */
    static void assign(INDArray x, INDArray out) {
        run(new Assign(x, out)); // INDArray.assign would guess at broadcasting, and guess wrong for a column
    }

    /** Adds dense {@code b} to a view with gaps, by way of {@code dense}: ND4J adds such views thirty times slower. */
    static void addInto(INDArray view, INDArray b, INDArray dense) {
        assign(view, dense);
        add(dense, b, dense);
        assign(dense, view);
    }

    // ---- two arrays that broadcast; fast only where they are dense ----

    static void add(INDArray a, INDArray b, INDArray out) {
        named("add", out, a, b);
    }

    static void sub(INDArray a, INDArray b, INDArray out) {
        named("subtract", out, a, b);
    }

    static void mul(INDArray a, INDArray b, INDArray out) {
        named("multiply", out, a, b);
    }

    static void div(INDArray a, INDArray b, INDArray out) {
        named("divide", out, a, b);
    }

    // ---- others ----

    /** {@code out = flag is 1 ? x : flag}: x where the flag is set and 0 elsewhere, whatever x holds there. */
    static void keep(INDArray flag, INDArray x, INDArray out) {
        run(new CompareAndReplace(flag, x, out, Conditions.equals(1)));
    }

    static void scale(INDArray x, double by, INDArray out) {
        run(new ScalarMultiplication(x, null, out, by));
    }

    static void shift(INDArray x, double by, INDArray out) {
        run(new ScalarAdd(x, null, out, by));
    }

    // ---- by name ----

    static void named(String name, INDArray out, INDArray... in) {
        Nd4j.exec(new DynamicCustomOp(name, in, new INDArray[] {out}));
    }

    static void named(String name, int[] arguments, INDArray out, INDArray... in) {
        Nd4j.exec(DynamicCustomOp.builder(name)
                .addInputs(in)
                .addOutputs(out)
                .addIntegerArguments(arguments)
                .build());
    }

    static void flagged(String name, boolean flag, INDArray out, INDArray... in) {
        Nd4j.exec(DynamicCustomOp.builder(name)
                .addInputs(in)
                .addOutputs(out)
                .addBooleanArguments(flag)
                .build());
    }

    static void clip(INDArray x, double low, double high, INDArray out) {
        Nd4j.exec(DynamicCustomOp.builder("clipbyvalue")
                .addInputs(x)
                .addOutputs(out)
                .addFloatingPointArguments(low, high)
                .build());
    }

    /**
     * Column-major {@code out = a·b}, plus what is there when {@code accumulate}. With matrices from
     * {@link Views#columns} it is the row-major {@code outᵀ = bᵀ·aᵀ}: so no operand is copied, which ND4J does for others.
     */
    static void gemm(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean accumulate) {
        Nd4j.gemm(a, b, out, transposeA, transposeB, 1, accumulate ? 1 : 0);
    }
}
