package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.testing.TestBackends;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Making, reading, viewing and closing tensors, on every backend. */
class TensorTest {

    static List<String> backends() {
        return TestBackends.all().stream().map(Backend::name).toList();
    }

    private static void on(String backend, Runnable work) {
        TestBackends.on(io.github.mdetr.core.backend.Backends.get(backend), () -> {
            try (Scope scope = Scope.open()) {
                work.run();
            }
        });
    }

    private static String refused(Class<? extends RuntimeException> type, Runnable work) {
        return assertThrows(type, work::run).getMessage();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void valuesComeBack(String backend) {
        on(backend, () -> {
            assertArrayEquals(
                    new float[] {1, Float.NaN, -0f},
                    Tensor.of(new float[] {1, Float.NaN, -0f}, 3, 1).toFloats());
            assertArrayEquals(
                    new int[] {Integer.MIN_VALUE, 7},
                    Tensor.of(new int[] {Integer.MIN_VALUE, 7}, Shape.of(2)).toInts());
            assertArrayEquals(
                    new boolean[] {true, false, true},
                    Tensor.of(new boolean[] {true, false, true}, Shape.of(3)).toBooleans());
            assertEquals(2.5f, Tensor.scalar(2.5f).item());
            assertEquals(Shape.of(), Tensor.scalar(2.5f).shape());
            assertArrayEquals(new float[6], Tensor.zeros(2, 3).toFloats());
            assertEquals(backend, Tensor.zeros(1).device().name());
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void anArrayWithoutShapeHasOneAxis(String backend) {
        on(backend, () -> {
            assertEquals(Shape.of(3), Tensor.of(new float[3]).shape());
            assertEquals(Shape.of(0), Tensor.of(new float[0]).shape());
            assertEquals(Shape.of(), Tensor.of(new float[1]).shape());
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void emptyTensorsAreTensors(String backend) {
        on(backend, () -> {
            assertEquals(0, Tensor.zeros(0, 3).toFloats().length);
            assertEquals(0, Tensor.of(new int[0], Shape.of(0)).toInts().length);
            assertEquals(0, Tensor.of(new boolean[0], Shape.of(2, 0)).toBooleans().length);
        });
    }

    /** More than the megabyte that goes over in one piece. */
    @ParameterizedTest
    @MethodSource("backends")
    void largeTensorsGoInPieces(String backend) {
        on(backend, () -> {
            int n = (1 << 19) + 3;
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = i;
            }
            Tensor t = Tensor.of(values, n);
            assertArrayEquals(values, t.toFloats());
            assertEquals(2f, Tensor.full(2, n).toFloats()[n - 1]);
            t.writeAt(n - 2, FloatBuffer.wrap(new float[] {-1, -2}));
            assertEquals(-2, t.toFloats()[n - 1]);
            assertEquals(n - 3, t.toFloats()[n - 3]);
            FloatBuffer part = FloatBuffer.allocate((1 << 18) + 1);
            t.read(part);
            assertEquals(1 << 18, part.get(1 << 18));
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aSourceIsReadInParts(String backend) {
        on(backend, () -> {
            for (int n : new int[] {0, 1, 1 << 18, (1 << 18) + 3}) {
                float[] values = new float[n];
                for (int i = 0; i < n; i++) {
                    values[i] = i * 0.5f;
                }
                Tensor t = Tensor.full(-1, n + 2).rows(1, n);
                t.write((from, b) -> {
                    assertTrue(b.remaining() <= 1 << 18);
                    b.put(values, (int) from, b.remaining());
                });
                assertArrayEquals(values, t.toFloats());
            }
            Tensor t = Tensor.zeros(3);
            assertEquals(
                    "write: the source gave 2 values from element 0 on, expected 3",
                    refused(
                            IllegalArgumentException.class,
                            () -> t.write((from, b) -> b.put(1).put(2))));
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void viewsShareMemory(String backend) {
        on(backend, () -> {
            Tensor t = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 4, 3);
            Tensor rows = t.rows(1, 2);
            assertEquals(Shape.of(2, 3), rows.shape());
            assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, rows.toFloats());
            Tensor inner = rows.view(Shape.of(6)).rows(4, 2);
            inner.write(FloatBuffer.wrap(new float[] {-7}));
            assertEquals(-7, t.toFloats()[7]);
            assertEquals(8, inner.toFloats()[1]);
            assertEquals(0, t.rows(4, 0).size());
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void memoryStaysUntilTheLastViewIsClosed(String backend) {
        on(backend, () -> {
            Device d = Device.current();
            long before = d.memory().blocks();
            Tensor t = Tensor.of(new float[] {1, 2, 3});
            Tensor view = t.view(Shape.of(3, 1));
            Tensor handle = t.retained();
            assertEquals(before + 1, d.memory().blocks());
            t.close();
            t.close();
            view.close();
            assertArrayEquals(new float[] {1, 2, 3}, handle.toFloats());
            assertTrue(handle.storage().isExclusive());
            handle.close();
            assertEquals(before, d.memory().blocks());
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aClosedTensorSaysSo(String backend) {
        on(backend, () -> {
            Tensor t = Tensor.zeros(2, 3);
            t.close();
            assertTrue(t.isClosed());
            String expected = "tensor Tensor(FLOAT32[2, 3]) is closed: it was used after its scope ended, keep it with"
                    + " Scope.keep or retained()";
            assertEquals(expected, refused(IllegalStateException.class, t::toFloats));
            assertEquals(expected, refused(IllegalStateException.class, t::storage));
            assertEquals(expected, refused(IllegalStateException.class, t::retained));
            assertEquals(expected, refused(IllegalStateException.class, () -> t.view(Shape.of(6))));
            assertEquals(expected, refused(IllegalStateException.class, () -> t.write(FloatBuffer.allocate(1))));
            assertEquals(expected, refused(IllegalStateException.class, t::toINDArray));
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatDoesNotFitIsRefused(String backend) {
        on(backend, () -> {
            Tensor t = Tensor.zeros(2, 3);
            assertEquals(
                    "shape [2, 2] holds 4 values, got 3",
                    refused(IllegalArgumentException.class, () -> Tensor.of(new float[3], 2, 2)));
            refused(IllegalArgumentException.class, () -> Tensor.of(new int[3], Shape.of()));
            refused(IllegalArgumentException.class, () -> Tensor.of(new boolean[3], Shape.of(2)));
            refused(IllegalArgumentException.class, () -> t.view(Shape.of(7)));
            assertEquals(
                    "rows [1, 3) of shape [2, 3]: expected within 0..2",
                    refused(IllegalArgumentException.class, () -> t.rows(1, 2)));
            refused(IllegalArgumentException.class, () -> t.rows(-1, 1));
            refused(IllegalArgumentException.class, () -> t.rows(1, Integer.MAX_VALUE));
            refused(IllegalArgumentException.class, () -> t.write(FloatBuffer.allocate(7)));
            refused(IllegalArgumentException.class, () -> t.writeAt(5, FloatBuffer.allocate(2)));
            refused(IllegalArgumentException.class, () -> t.read(FloatBuffer.allocate(7)));
            assertEquals(
                    "item: expected one element, got shape [2, 3]", refused(IllegalArgumentException.class, t::item));
            assertEquals(
                    "read integers: expected INT32, got Tensor(FLOAT32[2, 3])",
                    refused(IllegalArgumentException.class, t::toInts));
            refused(IllegalArgumentException.class, t::toBooleans);
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aPackedWeightIsReadAfterUnpackingOnly(String backend) {
        on(backend, () -> {
            Backend b = (Backend) Device.current();
            Tensor w = Tensor.zeros(16, 16, 3, 3);
            Tensor packed = b.pack(w, WeightUse.CONV2D, Window.of(1, 1), DType.FLOAT32);
            if (packed != w) {
                assertTrue(packed.isPacked());
                String message = refused(IllegalArgumentException.class, packed::toFloats);
                assertTrue(message.contains("packed for " + backend), message);
                for (Runnable use : List.<Runnable>of(
                        packed::toINDArray, () -> packed.rows(1, 2), () -> packed.view(Shape.of(16, 144)))) {
                    assertTrue(refused(IllegalArgumentException.class, use).contains("packed for " + backend));
                }
                packed.close();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theCountsOfMemoryAddUp(String backend) {
        on(backend, () -> {
            Device d = Device.current();
            MemoryStats before = d.memory();
            Tensor large = Tensor.zeros(1000, 1000);
            assertTrue(d.memory().live() >= before.live() + 4_000_000);
            assertTrue(d.memory().peak() >= d.memory().live());
            assertTrue(d.memory().reserved() >= d.memory().live());
            assertTrue(d.memory().cap() >= d.memory().reserved());
            assertEquals(before.blocks() + 1, d.memory().blocks());
            large.close();
            assertEquals(before.live(), d.memory().live());
            assertTrue(d.memory().peak() >= before.live() + 4_000_000);
            d.resetPeak();
            assertEquals(d.memory().live(), d.memory().peak());
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void beyondTheCapIsAnErrorWithTheFigures(String backend) {
        on(backend, () -> {
            Device d = Device.current();
            long before = d.memory().blocks();
            long elements = Math.min(Integer.MAX_VALUE - 8, d.memory().cap() / 4 + 1);
            if (4 * elements > d.memory().cap()) {
                OutOfTensorMemoryException e =
                        assertThrows(OutOfTensorMemoryException.class, () -> d.allocate(DType.FLOAT32, elements));
                assertTrue(e.getMessage().contains(Long.toString(d.memory().cap())), e.getMessage());
            }
            assertEquals(before, d.memory().blocks());
            assertFalse(Tensor.zeros(3).isClosed());
        });
    }
}
