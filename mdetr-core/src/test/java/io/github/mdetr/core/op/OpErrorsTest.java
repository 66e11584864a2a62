package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.backend.reference.ReferenceBackend;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** What an operation cannot do it says in one line, before a kernel sees it. */
class OpErrorsTest {
    private static final Window SAME = Window.of(1, 1);

    private static Tensor zeros(int... shape) {
        return Tensor.zeros(shape);
    }

    private static Tensor ids(int... values) {
        return Tensor.of(values, Shape.of(values.length));
    }

    private static DynamicTest says(String message, Supplier<Tensor> operation) {
        return DynamicTest.dynamicTest(message, () -> {
            try (Scope scope = Scope.open()) {
                RuntimeException e = assertThrows(RuntimeException.class, operation::get);
                assertEquals(message, e.getMessage());
                assertTrue(e instanceof IllegalArgumentException || e instanceof IndexOutOfBoundsException);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> badInputIsRefused() {
        return Stream.of(
                says(
                        "add: shapes [2, 3] and [4] do not broadcast: extents 3 and 4 at axis -1 must be equal or 1",
                        () -> Elementwise.add(zeros(2, 3), zeros(4))),
                says("mul: input must be FLOAT32, got Tensor(INT32[2])", () -> Elementwise.mul(zeros(2), ids(1, 2))),
                says("exp: input must be FLOAT32, got Tensor(INT32[1])", () -> Elementwise.exp(ids(1))),
                says("clamp: low 2.0 must be below high 1.0", () -> Elementwise.clamp(zeros(2), 2, 1)),
                says(
                        "where: condition must be BOOL, got Tensor(FLOAT32[2])",
                        () -> Elementwise.where(zeros(2), zeros(2), zeros(2))),
                says(
                        "where: shapes [2] and [3] do not broadcast: extents 2 and 3 at axis -1 must be equal or 1",
                        () -> Elementwise.where(Tensor.of(new boolean[2], Shape.of(2)), zeros(3), zeros(1))),
                says(
                        "dropout: probability must be in [0, 1), got 1.0",
                        () -> Dropout.dropout(zeros(2), 1, new SplittableRandom(1))),
                says("axis 2 of shape [2, 3]: expected one in [-2, 1]", () -> Reductions.softmax(zeros(2, 3), 2)),
                says("axis -3 of shape [2, 3]: expected one in [-2, 1]", () -> Reductions.sum(zeros(2, 3), true, -3)),
                says(
                        "matmul: expected two tensors of one rank, 2 or more, got [2, 3] and [1, 3, 2]",
                        () -> Products.matmul(zeros(2, 3), zeros(1, 3, 2))),
                says(
                        "matmul: inner extents differ, 3 of [2, 3] and 2 of [3, 2]ᵀ",
                        () -> Products.matmul(zeros(2, 3), false, zeros(3, 2), true)),
                says(
                        "matmul: shapes [2, 1, 1] and [3, 1, 1] do not broadcast: extents 2 and 3 at axis -3 must be"
                                + " equal or 1",
                        () -> Products.matmul(zeros(2, 4, 5), zeros(3, 5, 4))),
                says(
                        "linear: input [2, 3] must end in 4, the inputs of weight [5, 4]",
                        () -> Products.linear(zeros(2, 3), zeros(5, 4), null)),
                says(
                        "linear: bias must have shape [5], got [4]",
                        () -> Products.linear(zeros(2, 4), zeros(5, 4), zeros(4))),
                says(
                        "linear: input must be FLOAT32, got Tensor(INT32[2])",
                        () -> Products.linear(zeros(2, 4), zeros(2, 4), ids(1, 2))),
                says(
                        "attention: width 6 does not split over 4 heads",
                        () -> Products.attention(zeros(1, 2, 6), zeros(1, 3, 6), zeros(1, 3, 6), null, 4)),
                says(
                        "attention: value must have shape [1, 3, 6], got [1, 2, 6]",
                        () -> Products.attention(zeros(1, 2, 6), zeros(1, 3, 6), zeros(1, 2, 6), null, 2)),
                says(
                        "attention: keyPaddingMask must be BOOL, got Tensor(FLOAT32[1, 3])",
                        () -> Products.attention(zeros(1, 2, 6), zeros(1, 3, 6), zeros(1, 3, 6), zeros(1, 3), 2)),
                says(
                        "layerNorm: gamma must have shape [4], got [3]",
                        () -> Normalizations.layerNorm(zeros(2, 4), zeros(3), zeros(4), 1e-5f)),
                says(
                        "layerNorm: input must have values along its last axis, got Tensor(FLOAT32[])",
                        () -> Normalizations.layerNorm(zeros(), zeros(1), zeros(1), 1e-5f)),
                says(
                        "groupNorm: 6 channels do not split into 4 groups",
                        () -> Normalizations.groupNorm(zeros(1, 2, 2, 6), 4, zeros(6), zeros(6), 1e-5f)),
                says(
                        "batchNorm: images must have more than one pixel in all, got Tensor(FLOAT32[1, 1, 1, 3]); use"
                                + " larger images or batches",
                        () -> Normalizations.batchNorm(
                                zeros(1, 1, 1, 3), zeros(3), zeros(3), zeros(3), zeros(3), 0.1f, 1e-5f)),
                says(
                        "batchNorm: running mean must have shape [3], got [2]",
                        () -> Normalizations.batchNorm(
                                zeros(1, 2, 1, 3), zeros(3), zeros(3), zeros(2), zeros(3), 0.1f, 1e-5f)),
                says(
                        "l2Normalize: input must have an axis, got Tensor(FLOAT32[])",
                        () -> Normalizations.l2Normalize(zeros())),
                says(
                        "conv2d: image [1, 5, 5, 3] has 3 channels, weight [8, 4, 3, 3] in 1 groups takes 4",
                        () -> Images.conv2d(zeros(1, 5, 5, 3), zeros(8, 4, 3, 3), null, SAME)),
                says(
                        "conv2d: image must have 4 axes, got Tensor(FLOAT32[5, 5, 3])",
                        () -> Images.conv2d(zeros(5, 5, 3), zeros(8, 3, 3, 3), null, SAME)),
                says(
                        "conv2d: residual must have shape [1, 5, 5, 8], got [1, 5, 4, 8]",
                        () -> Images.conv2d(
                                zeros(1, 5, 5, 3), zeros(8, 3, 3, 3), null, zeros(1, 5, 4, 8), SAME, Activation.RELU)),
                says(
                        "window of 3 does not fit axis 1 of image [1, 2, 5, 3] with padding 0",
                        () -> Images.conv2d(zeros(1, 2, 5, 3), zeros(8, 3, 3, 3), null, Window.of(1, 0))),
                says(
                        "conv2dThenDepthwise: the first convolution gives 8 channels, so the second must have 8 groups and"
                                + " a weight [8, 1, …], got 4 groups and [8, 2, 3, 3]",
                        () -> Images.conv2dThenDepthwise(
                                zeros(1, 5, 5, 3),
                                new Filter(zeros(8, 3, 3, 3), null, SAME),
                                new Filter(zeros(8, 2, 3, 3), null, SAME.grouped(4)),
                                Activation.SILU)),
                says(
                        "gatedConv2d: gate must have shape [2, 1, 1, 3], got [1, 1, 1, 3]",
                        () -> Images.gatedConv2d(zeros(2, 5, 5, 3), zeros(1, 1, 1, 3), zeros(8, 3, 1, 1), null)),
                says(
                        "gatedConv2d: weight must have shape [8, 3, 1, 1], got [8, 3, 3, 3]",
                        () -> Images.gatedConv2d(zeros(2, 5, 5, 3), zeros(2, 1, 1, 3), zeros(8, 3, 3, 3), null)),
                says(
                        "resizeBilinear: expected a positive size, got 0×4",
                        () -> Images.resizeBilinear(zeros(1, 2, 2, 3), 0, 4)),
                says(
                        "gatherRows: id 3 at position 1 is outside the table's 3 rows",
                        () -> Indexing.gatherRows(zeros(3, 2), ids(0, 3))),
                says(
                        "gatherRows: id -1 at position 0 is outside the table's 3 rows",
                        () -> Indexing.gatherRows(zeros(3, 2), ids(-1))),
                says(
                        "gatherRows: ids must be INT32, got Tensor(FLOAT32[1])",
                        () -> Indexing.gatherRows(zeros(3, 2), zeros(1))),
                says(
                        "reshape: [2, 3] has 6 elements, which do not fill [4, -1]",
                        () -> Shapes.reshape(zeros(2, 3), 4, -1)),
                says("permute: axis 0 is named twice in [0, 0]", () -> Shapes.permute(zeros(2, 3), 0, 0)),
                says("permute: [2, 3] needs 2 axes, got 1", () -> Shapes.permute(zeros(2, 3), 0)),
                says("broadcastTo: [2] does not broadcast to [3]", () -> Shapes.broadcastTo(zeros(2), Shape.of(3))),
                says("concat: expected at least one tensor, got none", () -> Shapes.concat(List.of(), 0)),
                says(
                        "concat: parts must agree in all extents but that of axis 0, got [2, 3] and [2, 4]",
                        () -> Shapes.concat(List.of(zeros(2, 3), zeros(2, 4)), 0)),
                says("stack: axis 3 is not one of 2", () -> Shapes.stack(List.of(zeros(2)), 3)),
                says(
                        "slice: [1, 4) along axis 1 of [2, 3]: expected within [0, 3]",
                        () -> Shapes.slice(zeros(2, 3), 1, 1, 4)));
    }

    @Test
    void tensorsOfTwoBackendsDoNotMeet() {
        Backend other = new ReferenceBackend();
        Backend own = TestBackends.all().get(0);
        TestBackends.on(own, () -> {
            try (Scope scope = Scope.open()) {
                Tensor foreign = Tensor.empty(other, DType.FLOAT32, Shape.of(2));
                String message = assertThrows(
                                IllegalArgumentException.class, () -> Elementwise.add(Tensor.zeros(2), foreign))
                        .getMessage();
                assertEquals(
                        "add: inputs on different backends, " + own.name() + " and reference; make all of them on one",
                        message);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aClosedTensorIsNamed() {
        return TestBackends.all().stream()
                .map(b -> DynamicTest.dynamicTest(
                        b.name(),
                        () -> TestBackends.on(b, () -> {
                            try (Scope scope = Scope.open()) {
                                Tensor closed = Tensor.zeros(2, 2);
                                closed.close();
                                Tensor open = Tensor.zeros(2, 2);
                                for (Supplier<Tensor> f : List.<Supplier<Tensor>>of(
                                        () -> Elementwise.exp(closed),
                                        () -> Elementwise.add(open, closed),
                                        () -> Products.matmul(closed, open),
                                        () -> Products.linear(open, closed, null),
                                        () -> Reductions.sum(closed),
                                        () -> Shapes.reshape(closed, 4),
                                        () -> Shapes.permute(closed, 1, 0),
                                        () -> Shapes.concat(List.of(open, closed), 0))) {
                                    String message = assertThrows(IllegalStateException.class, f::get)
                                            .getMessage();
                                    assertTrue(message.contains("FLOAT32[2, 2]) is closed"), message);
                                }
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> aPackedWeightIsForLinearAndConvolutionOnly() {
        return TestBackends.all().stream()
                .map(b -> DynamicTest.dynamicTest(
                        b.name(),
                        () -> TestBackends.on(b, () -> {
                            try (Scope scope = Scope.open()) {
                                Tensor w = Tensor.zeros(16, 16, 3, 3);
                                Tensor packed = b.pack(w, WeightUse.CONV2D, SAME, DType.FLOAT32);
                                if (packed == w) {
                                    return;
                                }
                                try (packed) {
                                    assertEquals(
                                            "scale: input is a weight packed for " + b.name()
                                                    + ", which only products and convolutions take; unpack it first"
                                                    + " (Parameter.values() does)",
                                            assertThrows(
                                                            IllegalArgumentException.class,
                                                            () -> Elementwise.scale(packed, 2))
                                                    .getMessage());
                                    for (Executable use : List.<Executable>of(
                                            () -> Shapes.slice(packed, 0, 1, 2),
                                            () -> Shapes.reshape(packed, 16, 144),
                                            () -> Shapes.concat(List.of(packed, packed), 0),
                                            () -> Shapes.permute(packed, 3, 2, 1, 0))) {
                                        String message = assertThrows(IllegalArgumentException.class, use)
                                                .getMessage();
                                        assertTrue(message.contains("packed for " + b.name()), message);
                                    }
                                }
                            }
                        })));
    }

    /** conv2dInto may write over its residual, but never over an image that is the same tensor. */
    @TestFactory
    Stream<DynamicTest> aConvolutionIntoItsOwnImageIsRight() {
        return TestBackends.all().stream()
                .map(b -> DynamicTest.dynamicTest(
                        b.name(),
                        () -> TestBackends.on(b, () -> {
                            try (Scope scope = Scope.open()) {
                                float[] values = FiniteDifference.uniform(new SplittableRandom(2), 5 * 5 * 2);
                                float[] weights = FiniteDifference.uniform(new SplittableRandom(3), 2 * 2 * 9);
                                Tensor w = Tensor.of(weights, 2, 2, 3, 3);
                                Tensor x = Tensor.of(values, 1, 5, 5, 2);
                                Tensor expected = Images.conv2d(x, w, null, x, SAME, Activation.RELU);
                                Tensor own = Tensor.of(values, 1, 5, 5, 2);
                                Tensor got = Images.conv2dInto(own, own, w, null, SAME, Activation.RELU);
                                assertTrue(Arrays.equals(expected.toFloats(), got.toFloats()), b.name());
                                assertTrue(own.isClosed());
                                assertTrue(Tape.current() == null);
                            }
                        })));
    }
}
