package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.number.FloatBits;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.NoTensorLeaks;
import io.github.mdetr.core.testing.TestBackends;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations on bfloat16 give what float32 gives on the rounded numbers, rounded once: float32 has been compared with
 * PyTorch. Backends without bfloat16 refuse it.
 */
@ExtendWith(NoTensorLeaks.class)
class Bfloat16Test {
    /** One step of a bfloat16, relative: sums in another order may round to the neighbour. */
    private static final float STEP = 1f / 128;

    private static final Window POINTWISE = Window.of(1, 0);

    private final SplittableRandom random = new SplittableRandom(5);

    /** For each backend that computes in bfloat16; told as skipped where none does. */
    private static Stream<DynamicTest> onThoseThatCan(Consumer<Backend> work) {
        List<Backend> able = TestBackends.all().stream()
                .filter(b -> b.refusal(DType.BFLOAT16) == null)
                .toList();
        if (able.isEmpty()) {
            return Stream.of(DynamicTest.dynamicTest(
                    "none", () -> Assumptions.abort("no backend computes in bfloat16 on this processor")));
        }
        return able.stream()
                .map(b -> DynamicTest.dynamicTest(
                        b.name(),
                        () -> TestBackends.on(b, () -> {
                            try (Scope scope = Scope.open()) {
                                work.accept(b);
                            }
                        })));
    }

    private Tensor random(int... shape) {
        float[] values = new float[(int) Shape.of(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() * 3 - 1.5);
        }
        return Tensor.of(values, shape);
    }

    private static Tensor halved(Tensor x) {
        return Check.as(DType.BFLOAT16, x);
    }

    /** To the nearest bfloat16, ties to even. */
    private static float rounded(float v) {
        int bits = Float.floatToRawIntBits(v);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >> 16 & 1) & 0xffff0000);
    }

    private static Tensor rounded(Tensor x) {
        float[] v = x.toFloats();
        for (int i = 0; i < v.length; i++) {
            v[i] = rounded(v[i]);
        }
        return Tensor.of(v, x.shape().dims());
    }

    private static void assertRounded(Tensor expected, Tensor actual) {
        assertEquals(DType.BFLOAT16, actual.dtype());
        assertEquals(expected.shape(), actual.shape());
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        for (int i = 0; i < e.length; i++) {
            assertEquals(e[i], a[i], STEP * Math.abs(e[i]) + 1e-4f, "element " + i);
            assertEquals(rounded(a[i]), a[i]);
        }
    }

    private static Tensor packed(Backend b, Tensor w, WeightUse use, Window window) {
        try (Tensor p = b.pack(w, use, window, DType.BFLOAT16)) {
            assertEquals(DType.BFLOAT16, p.dtype());
            assertTrue(p.isPacked());
            try (Tensor plain = b.unpack(p)) {
                assertArrayEquals(rounded(w).toFloats(), plain.toFloats());
            }
            return p.view(p.shape());
        }
    }

    @TestFactory
    Stream<DynamicTest> convertingRoundsToTheNearestEven() {
        return onThoseThatCan(b -> {
            float[] values = {
                0, -0f, 1, 1 + 0x1p-8f, 1 + 0x3p-8f, -0x1.fcp127f, 0x1p-126f, 0.1f, Float.POSITIVE_INFINITY
            };
            float[] expected = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                expected[i] = rounded(values[i]);
            }
            Tensor x = halved(Tensor.of(values));
            assertArrayEquals(expected, x.toFloats());
            Tensor wide = Shapes.toFloat32(x);
            assertEquals(DType.FLOAT32, wide.dtype());
            assertArrayEquals(expected, wide.toFloats());
            Tensor turned = Shapes.permute(halved(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)), 1, 0);
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, turned.toFloats());
        });
    }

    @TestFactory
    Stream<DynamicTest> tablesAreLookedUpInHalves() {
        return onThoseThatCan(b -> {
            float[] values = {0, -2, 1, 1 + 0x1p-11f, 1 + 0x3p-11f, -65504, 0x1p-24f, 0x1p-26f, 0.1f, -1e-5f};
            Tensor plain = Tensor.of(values, 5, 2);
            try (Tensor table = b.pack(plain, WeightUse.TABLE, POINTWISE, DType.BFLOAT16)) {
                assertEquals(DType.FLOAT16, table.dtype());
                float[] rounded = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    rounded[i] = FloatBits.fromHalf(FloatBits.toHalf(values[i]));
                }
                assertArrayEquals(rounded, table.toFloats());
                Tensor rows = Indexing.gatherRows(table, Tensor.of(new int[] {4, 0, 4}, Shape.of(1, 3)));
                assertEquals(DType.FLOAT32, rows.dtype());
                assertEquals(Shape.of(1, 3, 2), rows.shape());
                float[] expected = {rounded[8], rounded[9], 0, -2, rounded[8], rounded[9]};
                assertArrayEquals(expected, rows.toFloats());
                assertThrows(IllegalArgumentException.class, () -> Elementwise.add(table, table));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> linear() {
        return onThoseThatCan(b -> {
            for (int[] s : new int[][] {{1, 1, 1}, {7, 13, 5}, {20, 64, 48}, {130, 256, 33}}) {
                Tensor x = random(s[0], s[1]);
                Tensor w = random(s[2], s[1]);
                Tensor bias = random(s[2]);
                for (Activation f : Activation.values()) {
                    Tensor expected = Products.linear(rounded(x), rounded(w), bias, f);
                    Tensor weight = packed(b, w, WeightUse.LINEAR, Window.of(1, 0));
                    assertRounded(expected, Products.linear(x, weight, bias, f));
                    assertRounded(expected, Products.linear(halved(x), weight, bias, f));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> conv2d() {
        return onThoseThatCan(b -> {
            convolve(b, 3, 16, 8, Window.of(1, 1));
            convolve(b, 3, 16, 8, Window.of(2, 1));
            convolve(b, 3, 16, 8, Window.of(1, 2).dilated(2));
            convolve(b, 1, 16, 8, Window.of(1, 0));
            convolve(b, 1, 16, 8, Window.of(2, 0));
            convolve(b, 7, 3, 8, Window.of(2, 3));
        });
    }

    private void convolve(Backend b, int kernel, int in, int out, Window window) {
        for (int[] size : new int[][] {{9, 11}, {16, 7}}) { // the second size meets a weight laid out for the first
            Tensor x = random(2, size[0], size[1], in);
            Tensor w = random(out, in, kernel, kernel);
            Tensor bias = random(out);
            Tensor weight = packed(b, w, WeightUse.CONV2D, window);
            Tensor plain = Images.conv2d(rounded(x), rounded(w), bias, window);
            assertRounded(plain, Images.conv2d(x, weight, bias, window));
            Tensor residual = rounded(random(plain.shape().dims()));
            Tensor expected = Images.conv2d(rounded(x), rounded(w), bias, residual, window, Activation.RELU);
            assertRounded(expected, Images.conv2d(halved(x), weight, bias, halved(residual), window, Activation.RELU));
            assertRounded(
                    expected, Images.conv2dInto(halved(residual), halved(x), weight, bias, window, Activation.RELU));
        }
    }

    @TestFactory
    Stream<DynamicTest> conv2dThenDepthwise() {
        return onThoseThatCan(b -> {
            Window window = Window.of(2, 1).grouped(16);
            for (int rows : new int[] {9, 1300}) { // the second makes more between than is held as a whole
                Tensor x = random(2, rows, 641, 3).rows(0, rows < 100 ? 2 : 1);
                Tensor w = random(16, 3, 1, 1);
                Tensor bias = random(16);
                Tensor depthwise = random(16, 1, 3, 3);
                Tensor shift = random(16);
                // what lies between is rounded as well
                Tensor between = rounded(Images.conv2d(rounded(x), rounded(w), bias, null, POINTWISE, Activation.SILU));
                Tensor expected = Images.conv2d(between, rounded(depthwise), shift, null, window, Activation.SILU);
                Filter first = new Filter(packed(b, w, WeightUse.CONV2D, POINTWISE), bias, POINTWISE);
                Filter second = new Filter(packed(b, depthwise, WeightUse.CONV2D, window), shift, window);
                assertNear(expected, Images.conv2dThenDepthwise(x, first, second, Activation.SILU));
                assertNear(expected, Images.conv2dThenDepthwise(halved(x), first, second, Activation.SILU));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> gatedConv2d() {
        return onThoseThatCan(b -> {
            Tensor x = random(2, 5, 7, 24);
            Tensor gate = Elementwise.sigmoid(random(2, 1, 1, 24));
            Tensor w = random(10, 24, 1, 1);
            Tensor bias = random(10);
            Tensor residual = rounded(random(2, 5, 7, 10));
            Tensor weight = packed(b, w, WeightUse.GATED_CONV2D, POINTWISE);
            Tensor plain = Images.gatedConv2d(rounded(x), gate, rounded(w), bias);
            assertNear(plain, Images.gatedConv2d(x, gate, weight, bias));
            assertNear(plain, Images.gatedConv2d(halved(x), gate, weight, bias));
            Tensor sum = Elementwise.add(plain, residual);
            assertNear(sum, Images.gatedConv2dInto(halved(residual), halved(x), gate, weight, bias));
        });
    }

    @TestFactory
    Stream<DynamicTest> sumsAndMeansGiveFloat32() {
        return onThoseThatCan(b -> {
            Tensor x = random(2, 31, 17, 5);
            Tensor mean = Reductions.mean(halved(x), true, 1, 2);
            assertEquals(DType.FLOAT32, mean.dtype());
            assertArrayEquals(Reductions.mean(rounded(x), true, 1, 2).toFloats(), mean.toFloats(), 1e-6f);
            assertArrayEquals(
                    Reductions.sum(rounded(x), false, 0, 3).toFloats(),
                    Reductions.sum(halved(x), false, 0, 3).toFloats(),
                    1e-5f);
        });
    }

    /** Equal but for some roundings of the terms of a sum. */
    private static void assertNear(Tensor expected, Tensor actual) {
        assertEquals(DType.BFLOAT16, actual.dtype());
        assertEquals(expected.shape(), actual.shape());
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        for (int i = 0; i < e.length; i++) {
            assertEquals(e[i], a[i], STEP * (2 + Math.abs(e[i])), "element " + i);
        }
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        return onThoseThatCan(b -> {
            Tensor q = random(2, 5, 24);
            Tensor k = random(2, 9, 24);
            Tensor v = random(2, 9, 24);
            boolean[] masked = new boolean[18];
            masked[8] = true;
            masked[16] = true;
            Tensor mask = Tensor.of(masked, Shape.of(2, 9));
            Tensor expected = Products.attention(rounded(q), rounded(k), rounded(v), mask, 3);
            float[] e = expected.toFloats();
            float[] a =
                    Products.attention(halved(q), halved(k), halved(v), mask, 3).toFloats();
            for (int i = 0; i < e.length; i++) {
                assertEquals(e[i], a[i], 3 * STEP); // the softmax is rounded too, then averages values up to 1.5
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> normsGiveFloat32AndPoolingKeepsTheType() {
        return onThoseThatCan(b -> {
            Tensor x = random(6, 40);
            Tensor r = random(6, 40);
            Tensor gamma = random(40);
            Tensor beta = random(40);
            float[] expected = Normalizations.layerNorm(rounded(x), rounded(r), gamma, beta, 1e-5f)
                    .toFloats();
            assertArrayEquals(
                    expected,
                    Normalizations.layerNorm(halved(x), rounded(r), gamma, beta, 1e-5f)
                            .toFloats(),
                    1e-5f);
            assertArrayEquals(
                    expected,
                    Normalizations.layerNorm(rounded(x), halved(r), gamma, beta, 1e-5f)
                            .toFloats(),
                    1e-5f);
            assertArrayEquals(
                    expected,
                    Normalizations.layerNorm(halved(x), halved(r), gamma, beta, 1e-5f)
                            .toFloats(),
                    1e-5f);
            assertArrayEquals(
                    Normalizations.layerNorm(rounded(x), gamma, beta, 1e-5f).toFloats(),
                    Normalizations.layerNorm(halved(x), gamma, beta, 1e-5f).toFloats(),
                    1e-5f);
            Tensor image = random(1, 7, 9, 16);
            assertArrayEquals(
                    Images.maxPool2d(rounded(image), 3, Window.of(2, 1)).toFloats(),
                    Images.maxPool2d(halved(image), 3, Window.of(2, 1)).toFloats());
        });
    }

    @TestFactory
    Stream<DynamicTest> isForInferenceAlone() {
        return onThoseThatCan(b -> {
            Tensor w = packed(b, random(4, 3), WeightUse.LINEAR, Window.of(1, 0));
            Tensor x = random(2, 3);
            try (Tape tape = Tape.record()) {
                tape.watch(x);
                String said = assertThrows(IllegalArgumentException.class, () -> Products.linear(x, w, null))
                        .getMessage();
                assertEquals("linear: bfloat16 is for inference, a gradient needs float32", said);
            }
            assertThrows(IllegalArgumentException.class, () -> Elementwise.add(halved(x), x));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Products.attention(halved(random(1, 2, 4)), random(1, 2, 4), random(1, 2, 4), null, 1));
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void parametersSayWhatCannotBe(Mode mode) {
        for (Backend b : TestBackends.all()) {
            TestBackends.on(b, () -> {
                String refusal = b.refusal(DType.BFLOAT16);
                if (refusal != null || mode != Mode.INFERENCE) {
                    String said = assertThrows(
                                    IllegalArgumentException.class, () -> Parameters.fresh(1, mode, Precision.BFLOAT16))
                            .getMessage();
                    String reason = refusal == null ? "training computes in float32" : refusal;
                    assertEquals("precision bf16: " + reason + "; take f32", said);
                    return;
                }
                try (Parameters p = Parameters.fresh(1, mode, Precision.BFLOAT16)) {
                    var w = p.root().weight("w", Init.constant(1.01f), 8, 4);
                    w.pack(WeightUse.LINEAR, Window.of(1, 0), p.root().precision());
                    assertEquals(DType.BFLOAT16, w.tensor().dtype());
                    assertEquals(rounded(1.01f), w.values()[0]);
                    var full = p.root().child("head").inFloat32();
                    assertEquals(Precision.FLOAT32, full.child("x").precision());
                }
            });
        }
    }
}
