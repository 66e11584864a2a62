package io.github.mdetr.core.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Kernels against the plain-Java reference where this backend could go wrong by its making: tensors that start within
 * their block, images collected a few rows at a time, packed weights, windows of every kind.
 */
final class Nd4jKernelsTest {
    private static final Backend REFERENCE = Backends.get("reference");
    private static Backend nd4j;

    @BeforeAll
    static void start() {
        assertEquals("nd4j", Backends.get("nd4j").name());
        nd4j = new Nd4jBackend(new BlockPool(MemoryCap.bytes()), 300); // some windows at a time
    }

    /** One kernel on inputs made here; gives what it wrote. */
    private interface Kernel {
        List<Tensor> run(Maker make);
    }

    /** Makes inputs, equal on every backend, and outputs; all start at an odd place of a larger block. */
    private static final class Maker {
        final Backend backend;
        private final SplittableRandom random = new SplittableRandom(11);

        Maker(Backend backend) {
            this.backend = backend;
        }

        Tensor in(int... dims) {
            Tensor t = out(dims);
            float[] values = new float[(int) t.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextDouble() * 4 - 2);
            }
            t.write(FloatBuffer.wrap(values));
            return t;
        }

        Tensor out(int... dims) {
            Shape s = Shape.of(dims);
            Tensor block = Tensor.empty(backend, DType.FLOAT32, Shape.of((int) s.size() + 12));
            backend.fill(block, 77);
            return block.rows(7, (int) s.size()).view(s);
        }

        Tensor ids(int n, int below) {
            int[] values = new int[n + 3];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(below);
            }
            return Tensor.of(values, Shape.of(n + 3)).rows(3, n);
        }

        Tensor mask(double share, int... dims) {
            Shape s = Shape.of(dims);
            boolean[] values = new boolean[(int) s.size() + 5];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextDouble() < share;
            }
            return Tensor.of(values, Shape.of(values.length))
                    .rows(5, (int) s.size())
                    .view(s);
        }
    }

    private static void same(Kernel kernel) {
        List<float[]> expected = results(REFERENCE, kernel);
        List<float[]> got = results(nd4j, kernel);
        assertEquals(expected.size(), got.size());
        for (int k = 0; k < got.size(); k++) {
            float largest = 1;
            for (float e : expected.get(k)) {
                largest = Math.max(largest, Math.abs(e));
            }
            assertArrayEquals(expected.get(k), got.get(k), 3e-6f * largest, "output " + k);
        }
        assertEquals(0, nd4j.memory().blocks(), "blocks left open");
    }

    private static List<float[]> results(Backend backend, Kernel kernel) {
        return Context.with(
                backend,
                () -> backend.run(() -> {
                    try (Scope scope = Scope.open()) {
                        return kernel.run(new Maker(backend)).stream()
                                .map(Tensor::toFloats)
                                .toList();
                    }
                }));
    }

    private record Images(int batch, int height, int width, int in, int out, int kernelY, int kernelX, Window window) {
        @Override
        public String toString() {
            return batch + "×" + height + "×" + width + "×" + in + "→" + out + " " + kernelY + "×" + kernelX + " "
                    + window;
        }
    }

    private static Stream<Images> convolutions() {
        return Stream.of(
                new Images(1, 1, 1, 1, 1, 1, 1, Window.of(1, 0)),
                new Images(2, 5, 7, 3, 4, 1, 1, Window.of(1, 0)),
                new Images(2, 7, 5, 3, 4, 1, 1, Window.of(2, 0)),
                new Images(1, 6, 5, 2, 3, 1, 1, Window.of(1, 1)),
                new Images(2, 13, 9, 5, 3, 3, 3, Window.of(1, 1)),
                new Images(1, 13, 9, 5, 3, 3, 3, Window.of(2, 1)),
                new Images(1, 17, 14, 3, 5, 7, 7, Window.of(2, 3)),
                new Images(1, 11, 8, 3, 2, 3, 3, Window.of(1, 2).dilated(2)),
                new Images(2, 9, 8, 3, 2, 3, 2, new Window(2, 1, 0, 1, 1, 2, 1, 1)),
                new Images(1, 9, 8, 3, 2, 2, 3, new Window(1, 3, 2, 0, 1, 1, 2, 1)),
                new Images(2, 8, 7, 6, 4, 3, 3, Window.of(1, 1).grouped(2)),
                new Images(1, 8, 7, 6, 4, 1, 1, Window.of(1, 0).grouped(2)),
                new Images(2, 8, 7, 5, 5, 3, 3, Window.of(1, 1).grouped(5)),
                new Images(1, 9, 7, 4, 4, 5, 5, new Window(2, 2, 1, 2, 2, 2, 1, 4)),
                new Images(1, 9, 7, 4, 4, 3, 3, Window.of(1, 2).dilated(2).grouped(4)),
                new Images(1, 8, 7, 3, 6, 3, 3, Window.of(1, 1).grouped(3)),
                new Images(1, 207, 3, 13, 1, 3, 3, Window.of(1, 1)));
    }

    @TestFactory
    Stream<DynamicTest> convolution() {
        return convolutions()
                .flatMap(c -> Stream.of(false, true)
                        .map(packed -> DynamicTest.dynamicTest(
                                c + (packed ? " packed" : ""), () -> same(make -> convolution(c, packed, make)))));
    }

    private static List<Tensor> convolution(Images c, boolean packed, Maker make) {
        Tensor x = make.in(c.batch, c.height, c.width, c.in);
        Tensor w = make.in(c.out, c.in / c.window.groups(), c.kernelY, c.kernelX);
        Tensor bias = make.in(c.out);
        Shape shape = c.window.output(x.shape(), c.kernelY, c.kernelX, c.out);
        Tensor residual = make.in(shape.dims());
        Tensor g = make.in(shape.dims());
        List<Tensor> out = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            out.add(make.out(shape.dims()));
        }
        Backend b = make.backend;
        boolean packs = packed && b == nd4j; // the reference computes with plain weights
        Tensor weight = packs ? scoped(b.pack(w, WeightUse.CONV2D, c.window)) : w;
        b.conv2d(x, weight, null, null, c.window, Activation.IDENTITY, out.get(0));
        b.conv2d(x, weight, bias, null, c.window, Activation.SILU, out.get(1));
        b.conv2d(x, weight, bias, residual, c.window, Activation.RELU, out.get(2));
        b.conv2d(x, weight, null, residual, c.window, Activation.GELU, out.get(3));
        Tensor dx = make.out(x.shape().dims());
        b.conv2dGradImage(g, weight, c.window, dx);
        Tensor dw = make.out(w.shape().dims());
        b.conv2dGradWeight(x, g, c.window, dw);
        b.conv2d(x, weight, bias, residual, c.window, Activation.RELU, residual); // over the residual itself
        out.addAll(List.of(dx, dw, residual));
        out.add(packs ? scoped(b.unpack(weight)) : w);
        return out;
    }

    /** What no scope owns, given to the open one. */
    private static Tensor scoped(Tensor t) {
        try (t) {
            return t.view(t.shape());
        }
    }

    @Test
    void packedWeightsOutliveTheScope() {
        Context.with(nd4j, () -> {
            Tensor packed;
            Tensor plain;
            try (Scope scope = Scope.open()) {
                packed = nd4j.pack(Tensor.full(3, 4, 2, 3, 3), WeightUse.CONV2D, Window.of(1, 1));
                plain = nd4j.unpack(packed);
            }
            try (packed;
                    plain) {
                assertEquals(3, plain.toFloats()[71]);
                assertEquals(2, nd4j.memory().blocks());
            }
            assertEquals(0, nd4j.memory().blocks());
            return true;
        });
    }

    @TestFactory
    Stream<DynamicTest> pooling() {
        return Stream.of(Window.of(2, 1), Window.of(1, 1), Window.of(3, 0), new Window(2, 1, 0, 1, 2, 1, 1, 1))
                .map(window -> DynamicTest.dynamicTest(
                        window.toString(),
                        () -> same(make -> {
                            Tensor x = make.in(2, 9, 8, 3);
                            make.backend.affine(x, 2, 0, x);
                            Shape shape = window.output(x.shape(), 3, 3, 3);
                            Tensor y = make.out(shape.dims());
                            make.backend.maxPool2d(x, 3, window, y);
                            Tensor dx = make.out(2, 9, 8, 3);
                            make.backend.maxPool2dGrad(x, make.in(shape.dims()), 3, window, dx);
                            return List.of(y, dx);
                        })));
    }

    /** Equal values: the gradient goes to the first of them, once. */
    @Test
    void poolingOfEqualValues() {
        same(make -> {
            Tensor x = make.out(1, 6, 5, 2);
            Tensor dx = make.out(1, 6, 5, 2);
            make.backend.maxPool2dGrad(x, make.in(1, 3, 3, 2), 3, Window.of(2, 1), dx);
            return List.of(dx);
        });
    }

    @Test
    void elementwise() {
        same(make -> {
            List<Tensor> all = new ArrayList<>();
            Tensor x = make.in(13, 3);
            for (Unary f : Unary.values()) {
                Tensor a = f == Unary.LOG || f == Unary.SQRT ? positive(make, x) : x;
                Tensor y = make.out(13, 3);
                make.backend.unary(f, a, y);
                Tensor dx = make.out(13, 3);
                make.backend.unaryGrad(f, a, y, make.in(13, 3), dx);
                all.add(y);
                all.add(dx);
            }
            return all;
        });
    }

    private static Tensor positive(Maker make, Tensor x) {
        Tensor p = make.out(x.shape().dims());
        make.backend.affine(x, 0.25f, 0.75f, p);
        return p;
    }

    @TestFactory
    Stream<DynamicTest> broadcasting() {
        int[][][] shapes = {
            {{2, 3, 4}, {2, 3, 4}},
            {{2, 3, 4}, {4}},
            {{2, 3, 4}, {2, 1, 4}},
            {{2, 3, 4}, {2, 3, 1}},
            {{2, 1, 4, 5}, {1, 3, 1, 5}},
            {{3, 1}, {1, 207}},
            {{7}, {}},
            {{}, {}},
            {{1, 1, 5}, {5, 1, 1}},
        };
        return Stream.of(shapes)
                .map(s -> DynamicTest.dynamicTest(
                        Shape.of(s[0]) + " and " + Shape.of(s[1]),
                        () -> same(make -> {
                            Tensor a = make.in(s[0]);
                            Tensor b = make.in(s[1]);
                            Shape shape = Shape.broadcast(a.shape(), b.shape());
                            List<Tensor> all = new ArrayList<>();
                            for (Binary f : Binary.values()) {
                                Tensor y = make.out(shape.dims());
                                make.backend.binary(f, a, b, y);
                                all.add(y);
                            }
                            Tensor repeated = make.out(shape.dims());
                            make.backend.broadcast(b, repeated);
                            all.add(repeated);
                            Tensor chosen = make.out(shape.dims());
                            make.backend.where(make.mask(0.5, s[0]), a, b, chosen);
                            all.add(chosen);
                            return all;
                        })));
    }

    /** What is not chosen leaves no trace, whatever it is. */
    @Test
    void whereKeepsOutInfinitiesAndNaN() {
        same(make -> {
            Tensor a = make.in(3);
            Tensor b = make.out(3);
            Tensor y = make.out(3);
            make.backend.fill(b, Double.NaN);
            make.backend.where(Tensor.of(new boolean[] {true, true, true}, Shape.of(3)), a, b, y);
            Tensor z = make.out(3);
            make.backend.fill(b, Double.NEGATIVE_INFINITY);
            make.backend.where(Tensor.of(new boolean[] {false, true, false}, Shape.of(3)), b, a, z);
            return List.of(y, z);
        });
    }

    @TestFactory
    Stream<DynamicTest> reductions() {
        int[][] outs = {
            {1, 1, 1, 1}, {3, 1, 5, 1}, {1, 7, 1, 13}, {3, 1, 1, 13}, {3, 7, 5, 1}, {1, 7, 5, 13}, {3, 7, 5, 13}
        };
        return Stream.of(outs)
                .map(o -> DynamicTest.dynamicTest(
                        Shape.of(o).toString(),
                        () -> same(make -> {
                            Tensor x = make.in(3, 7, 5, 13);
                            List<Tensor> all = new ArrayList<>();
                            for (Reduce how : Reduce.values()) {
                                Tensor y = make.out(o);
                                make.backend.reduce(how, x, y);
                                all.add(y);
                            }
                            return all;
                        })));
    }

    @Test
    void alongEveryAxis() {
        same(make -> {
            Tensor x = make.in(3, 7, 5);
            Tensor g = make.in(3, 7, 5);
            List<Tensor> all = new ArrayList<>();
            for (int axis = 0; axis < 3; axis++) {
                for (boolean flag : new boolean[] {false, true}) {
                    Tensor y = make.out(3, 7, 5);
                    make.backend.softmax(x, axis, flag, y);
                    Tensor dx = make.out(3, 7, 5);
                    make.backend.softmaxGrad(y, g, axis, flag, dx);
                    Tensor sum = make.out(3, 7, 5);
                    make.backend.cumulativeSum(x, axis, flag, sum);
                    all.addAll(List.of(y, dx, sum));
                }
                Tensor index = Tensor.empty(make.backend, DType.INT32, x.shape().with(axis, 1));
                make.backend.argmax(x, axis, index);
                Tensor number = make.out(index.shape().dims());
                make.backend.copy(index, number);
                Tensor part = make.out(x.shape().with(axis, 2).dims());
                make.backend.slice(x, axis, 1, part);
                make.backend.place(part, axis, 0, g);
                all.addAll(List.of(number, part));
            }
            all.add(g);
            return all;
        });
    }

    @TestFactory
    Stream<DynamicTest> products() {
        int[][][] batches = {{{}, {}}, {{3}, {3}}, {{3}, {1}}, {{1}, {3}}, {{2, 1}, {2, 3}}, {{2, 1}, {1, 3}}};
        int[][] sizes = {{1, 1, 1}, {7, 13, 5}, {1, 13, 5}, {7, 1, 5}, {7, 13, 1}, {3, 207, 3}};
        return Stream.of(batches)
                .flatMap(b -> Stream.of(sizes)
                        .map(s -> DynamicTest.dynamicTest(
                                Shape.of(b[0]) + " " + Shape.of(b[1]) + " " + Shape.of(s),
                                () -> same(make -> matmuls(b, s, make)))));
    }

    private static List<Tensor> matmuls(int[][] batches, int[] mkn, Maker make) {
        List<Tensor> all = new ArrayList<>();
        Shape batch = Shape.broadcast(Shape.of(batches[0]), Shape.of(batches[1]));
        for (int t = 0; t < 4; t++) {
            boolean ta = t % 2 == 1;
            boolean tb = t > 1;
            Tensor a = make.in(with(batches[0], ta ? mkn[1] : mkn[0], ta ? mkn[0] : mkn[1]));
            Tensor b = make.in(with(batches[1], tb ? mkn[2] : mkn[1], tb ? mkn[1] : mkn[2]));
            Tensor y = make.out(with(batch.dims(), mkn[0], mkn[2]));
            make.backend.matmul(a, ta, b, tb, y);
            all.add(y);
        }
        return all;
    }

    private static int[] with(int[] batch, int rows, int columns) {
        int[] d = java.util.Arrays.copyOf(batch, batch.length + 2);
        d[batch.length] = rows;
        d[batch.length + 1] = columns;
        return d;
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        return Stream.of(-1.0, 0.0, 0.4, 1.0)
                .map(masked -> DynamicTest.dynamicTest(
                        "masked " + masked,
                        () -> same(make -> {
                            Tensor y = make.out(2, 5, 12);
                            Tensor p = make.out(2, 4, 5, 7);
                            Tensor mask = masked < 0 ? null : make.mask(masked, 2, 7);
                            Tensor q = make.in(2, 5, 12);
                            Tensor k = make.in(2, 7, 12);
                            Tensor v = make.in(2, 7, 12);
                            make.backend.attention(q, k, v, mask, 4, 0.5f, y, p);
                            Tensor z = make.out(2, 5, 12);
                            make.backend.attention(q, k, v, mask, 4, 0.5f, z, null);
                            return List.of(y, p, z);
                        })));
    }

    @Test
    void normalizations() {
        same(make -> {
            Backend b = make.backend;
            Tensor gamma = make.in(12);
            Tensor beta = make.in(12);
            List<Tensor> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Tensor x = make.in(7, 12);
                Tensor y = make.out(7, 12);
                Tensor sum = make.out(7, 12);
                Tensor statistics = make.out(2, 7);
                b.layerNorm(x, i == 0 ? null : make.in(7, 12), gamma, beta, 1e-5f, y, sum, statistics);
                Tensor dz = make.out(7, 12);
                Tensor dgamma = make.out(12);
                Tensor dbeta = make.out(12);
                b.layerNormGrad(sum, gamma, statistics, 1e-5f, make.in(7, 12), dz, dgamma, dbeta);
                all.addAll(List.of(y, sum, statistics, dz, dgamma, dbeta));
            }
            Tensor x = make.in(2, 3, 5, 12);
            Tensor y = make.out(2, 3, 5, 12);
            Tensor statistics = make.out(2, 2, 4);
            b.groupNorm(x, 4, gamma, beta, 1e-5f, y, statistics);
            Tensor dx = make.out(2, 3, 5, 12);
            Tensor dgamma = make.out(12);
            Tensor dbeta = make.out(12);
            b.groupNormGrad(x, 4, gamma, statistics, make.in(2, 3, 5, 12), dx, dgamma, dbeta);
            all.addAll(List.of(y, statistics, dx, dgamma, dbeta));
            return all;
        });
    }

    @TestFactory
    Stream<DynamicTest> resizing() {
        int[][] sizes = {{5, 7, 13, 3}, {5, 7, 3, 13}, {1, 1, 4, 5}, {6, 4, 6, 4}, {13, 9, 1, 1}};
        return Stream.of(Interpolation.values())
                .flatMap(how -> Stream.of(sizes)
                        .map(s -> DynamicTest.dynamicTest(
                                how + " " + Shape.of(s),
                                () -> same(make -> {
                                    Tensor y = make.out(2, s[2], s[3], 3);
                                    make.backend.resize(how, make.in(2, s[0], s[1], 3), y);
                                    Tensor dx = make.out(2, s[0], s[1], 3);
                                    make.backend.resizeGrad(how, make.in(2, s[2], s[3], 3), dx);
                                    return List.of(y, dx);
                                }))));
    }

    @Test
    void indices() {
        same(make -> {
            Tensor ids = make.ids(207, 13);
            Tensor rows = make.out(207, 3);
            make.backend.gatherRows(make.in(13, 3), ids, rows);
            Tensor table = make.in(13, 3);
            make.backend.scatterAddRows(make.in(207, 3), ids, table);
            return List.of(rows, table);
        });
    }

    @Test
    void scatterAddIsTheSameEveryTime() {
        Kernel scatter = make -> {
            Tensor table = make.in(5, 64);
            make.backend.scatterAddRows(make.in(4000, 64), make.ids(4000, 5), table);
            return List.of(table);
        };
        float[] first = results(nd4j, scatter).get(0);
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(first, results(nd4j, scatter).get(0));
        }
    }

    /** ND4J's own sum of as many is off by 1e-5 of it. */
    @Test
    void longSumsArePrecise() {
        int n = 1 << 21;
        Kernel sum = make -> {
            Tensor x = Tensor.empty(make.backend, DType.FLOAT32, Shape.of(n));
            float[] values = new float[n];
            SplittableRandom random = new SplittableRandom(3);
            for (int i = 0; i < n; i++) {
                values[i] = (float) random.nextDouble();
            }
            x.write(FloatBuffer.wrap(values));
            Tensor y = Tensor.empty(make.backend, DType.FLOAT32, Shape.of(1));
            make.backend.reduce(Reduce.SUM, x, y);
            return List.of(y);
        };
        float expected = results(REFERENCE, sum).get(0)[0];
        assertEquals(expected, results(nd4j, sum).get(0)[0], 2e-6f * expected);
    }

    @Test
    void plainWeightsAreNotCopied() {
        Context.with(nd4j, () -> {
            try (Scope scope = Scope.open()) {
                Tensor w = Tensor.zeros(4, 3);
                assertSame(w, nd4j.pack(w, WeightUse.LINEAR, Window.of(1, 0)));
                Tensor c = Tensor.zeros(4, 3, 1, 1);
                assertSame(c, nd4j.pack(c, WeightUse.CONV2D, Window.of(1, 0)));
                try (Tensor packed = nd4j.pack(Tensor.zeros(4, 3, 3, 3), WeightUse.CONV2D, Window.of(1, 1))) {
                    assertTrue(packed.isPacked());
                }
            }
            return true;
        });
    }
}
