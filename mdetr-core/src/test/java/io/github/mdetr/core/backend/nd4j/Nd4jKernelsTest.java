package io.github.mdetr.core.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.backend.Reduce;
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
import org.nd4j.linalg.api.buffer.DataType;

/** What of the kernels is particular to this backend: images collected some rows at a time, precision, packed weights. */
final class Nd4jKernelsTest {
    private static final Backend REFERENCE = Backends.get("reference");
    private static Backend nd4j;

    @BeforeAll
    static void start() {
        assertEquals("nd4j", Backends.get("nd4j").name());
        nd4j = new Nd4jBackend("nd4j", DataType.FLOAT, new BlockPool(MemoryCap.bytes()), 300); // some windows at a time
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
        Tensor weight = packs ? scoped(b.pack(w, WeightUse.CONV2D, c.window, DType.FLOAT32)) : w;
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
                packed = nd4j.pack(Tensor.full(3, 4, 2, 3, 3), WeightUse.CONV2D, Window.of(1, 1), DType.FLOAT32);
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
                assertSame(w, nd4j.pack(w, WeightUse.LINEAR, Window.of(1, 0), DType.FLOAT32));
                Tensor c = Tensor.zeros(4, 3, 1, 1);
                assertSame(c, nd4j.pack(c, WeightUse.CONV2D, Window.of(1, 0), DType.FLOAT32));
                try (Tensor packed =
                        nd4j.pack(Tensor.zeros(4, 3, 3, 3), WeightUse.CONV2D, Window.of(1, 1), DType.FLOAT32)) {
                    assertTrue(packed.isPacked());
                }
            }
            return true;
        });
    }
}
