package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Tensors and arrays, on one memory where a backend can: what one writes the other reads. */
final class Nd4jArraysTest {
    /** Those whose memory ND4J can use; the reference's lies on the Java heap. */
    static List<Backend> sharing() {
        return TestBackends.all().stream()
                .filter(b -> !b.name().equals("reference") && b.floatBits() == 32) // arrays of FLOAT
                .toList();
    }

    static List<Backend> all() {
        return TestBackends.all();
    }

    private static void on(Backend backend, Runnable work) {
        Supplier<Boolean> done = () -> {
            try (Scope scope = Scope.open()) {
                work.run();
            }
            return true;
        };
        assertTrue(Context.with(backend, done));
    }

    private static float[] range(int n) {
        float[] f = new float[n];
        for (int i = 0; i < n; i++) {
            f[i] = i;
        }
        return f;
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void tensorOfAnArrayIsOnItsMemory(Backend backend) {
        on(backend, () -> {
            INDArray array = Nd4j.createFromArray(range(6)).reshape(2, 3);
            Tensor t = Tensor.of(array);
            assertEquals(Shape.of(2, 3), t.shape());
            assertArrayEquals(range(6), t.toFloats());
            array.putScalar(1, 2, 50);
            assertEquals(50, t.toFloats()[5]);
            backend.fill(t, 7);
            assertEquals(7, array.getFloat(0, 1));
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void viewsOfViewsKeepTheirPlace(Backend backend) {
        on(backend, () -> {
            INDArray array = Nd4j.createFromArray(range(100));
            INDArray part = array.get(NDArrayIndex.interval(10, 60)).get(NDArrayIndex.interval(5, 9));
            Tensor t = Tensor.of(part);
            assertArrayEquals(new float[] {15, 16, 17, 18}, t.toFloats());
            backend.fill(t.rows(1, 2), -1);
            assertArrayEquals(
                    new float[] {14, 15, -1, -1, 18, 19},
                    array.get(NDArrayIndex.interval(14, 20)).toFloatVector());
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void otherLayoutsAreCopied(Backend backend) {
        on(backend, () -> {
            INDArray array = Nd4j.createFromArray(range(6)).reshape(2, 3);
            Tensor t = Tensor.of(array.transpose());
            assertEquals(Shape.of(3, 2), t.shape());
            assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, t.toFloats());
            backend.fill(t, 9);
            assertArrayEquals(
                    range(6),
                    array.toFloatMatrix()[0].length == 3 ? array.ravel().toFloatVector() : null);
            INDArray columns = Nd4j.create(new float[] {0, 1, 2, 3, 4, 5}, new long[] {2, 3}, 'f');
            assertArrayEquals(new float[] {0, 2, 4, 1, 3, 5}, Tensor.of(columns).toFloats());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void otherTypesAreConverted(Backend backend) {
        on(backend, () -> {
            assertArrayEquals(
                    new float[] {0.5f, -2},
                    Tensor.of(Nd4j.createFromArray(0.5, -2.0)).toFloats());
            assertArrayEquals(
                    new int[] {3, -4}, Tensor.of(Nd4j.createFromArray(3L, -4L)).toInts());
            assertArrayEquals(
                    new int[] {3, -4}, Tensor.of(Nd4j.createFromArray(3, -4)).toInts());
            assertArrayEquals(
                    new boolean[] {true, false},
                    Tensor.of(Nd4j.createFromArray(true, false)).toBooleans());
            for (DataType floats : new DataType[] {DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE}) {
                INDArray array = Nd4j.createFromArray(0.5f, -2f, 4f, 8f).castTo(floats);
                Tensor whole = Tensor.of(array.reshape(2, 2).transpose());
                assertArrayEquals(new float[] {0.5f, 4, -2, 8}, whole.toFloats(), floats.toString());
                assertEquals(DType.FLOAT32, whole.dtype());
            }
            for (DataType integers : new DataType[] {DataType.INT8, DataType.INT16, DataType.UINT8, DataType.INT64}) {
                Tensor ids = Tensor.of(Nd4j.createFromArray(3, 100).castTo(integers));
                assertArrayEquals(new int[] {3, 100}, ids.toInts(), integers.toString());
            }
            assertArrayEquals(
                    new boolean[] {true, true, false, false},
                    Tensor.of(Nd4j.createFromArray(true, false, true, false)
                                    .reshape(2, 2)
                                    .transpose())
                            .toBooleans());
            assertEquals(2.5f, Tensor.of(Nd4j.scalar(2.5f)).item());
            assertEquals(2.5f, Tensor.of(Nd4j.scalar(2.5)).item());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatCannotBeATensorIsRefused(Backend backend) {
        on(backend, () -> {
            String large = assertThrows(
                            IllegalArgumentException.class, () -> Tensor.of(Nd4j.createFromArray(1L, 1L << 32)))
                    .getMessage();
            assertTrue(large.contains("32 bits"), large);
            String text = assertThrows(IllegalArgumentException.class, () -> Tensor.of(Nd4j.create("text")))
                    .getMessage();
            assertTrue(text.contains("UTF8"), text);
            assertThrows(IllegalArgumentException.class, () -> Tensor.of(Nd4j.empty(DataType.FLOAT)));
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void arrayOfATensorIsOnItsMemory(Backend backend) {
        on(backend, () -> {
            Tensor t = Tensor.of(range(12), 3, 4);
            INDArray array = t.toINDArray();
            assertArrayEquals(new long[] {3, 4}, array.shape());
            array.putScalar(2, 1, -5);
            assertEquals(-5, t.toFloats()[9]);
            backend.fill(t, 3);
            assertEquals(36, array.sumNumber().intValue());
            assertEquals(12, array.data().length(), "nothing of the pool's block beyond the tensor");
            assertArrayEquals(new float[] {3, 3}, t.toINDArray().data().getFloatsAt(0, 2));
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void whatHasNoArrayIsRefused(Backend backend) {
        on(backend, () -> {
            String empty = assertThrows(
                            IllegalArgumentException.class,
                            () -> Tensor.zeros(0, 3).toINDArray())
                    .getMessage();
            assertEquals("INDArray of a tensor: Tensor(FLOAT32[0, 3]) is empty, and ND4J has no such arrays", empty);
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void arrayOfAPartStartsThere(Backend backend) {
        on(backend, () -> {
            Tensor part = Tensor.of(range(12), 3, 4).rows(1, 2);
            INDArray array = part.toINDArray();
            assertArrayEquals(new float[] {4, 5, 6, 7}, array.getRow(0).toFloatVector());
            assertEquals(8, array.data().length());
            assertEquals(4, array.data().getFloat(0));
            assertEquals(
                    4 * 8 + 5 * 9 + 6 * 10 + 7 * 11,
                    array.mmul(array.transpose()).getFloat(0, 1));
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void integersAndMasksToo(Backend backend) {
        on(backend, () -> {
            INDArray ids = Tensor.of(new int[] {4, 5}, Shape.of(2)).toINDArray();
            assertEquals(DataType.INT32, ids.dataType());
            assertEquals(5, ids.getInt(1));
            INDArray mask = Tensor.of(new boolean[] {true, false}, Shape.of(2)).toINDArray();
            assertEquals(DataType.BOOL, mask.dataType());
            assertEquals(1, mask.getInt(0));
            Tensor shared = Tensor.of(ids);
            ids.putScalar(0, 9);
            assertArrayEquals(new int[] {9, 5}, shared.toInts());
            INDArray flags = Nd4j.createFromArray(true, false, false);
            Tensor both = Tensor.of(flags);
            backend.fill(both.rows(1, 1), 1);
            assertEquals(1, flags.getInt(1));
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void neitherSideFreesTheOther(Backend backend) {
        on(backend, () -> {
            INDArray array = Nd4j.createFromArray(range(3));
            Tensor t = Tensor.of(array);
            t.close();
            assertFalse(array.wasClosed());
            assertEquals(2, array.getFloat(2));

            Tensor own = Tensor.of(range(3));
            INDArray view = own.toINDArray();
            view.close();
            assertArrayEquals(range(3), own.toFloats());
        });
    }

    @ParameterizedTest
    @MethodSource("sharing")
    void sharedMemoryIsNotCounted(Backend backend) {
        on(backend, () -> {
            INDArray array = Nd4j.createFromArray(range(1000));
            long before = backend.memory().live();
            Tensor t = Tensor.of(array);
            assertEquals(before, backend.memory().live());
            assertEquals(DType.FLOAT32, t.dtype());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void packedTensorsHaveNoArray(Backend backend) {
        on(backend, () -> {
            Tensor packed =
                    backend.pack(Tensor.of(range(36), 2, 2, 3, 3), WeightUse.CONV2D, Window.of(1, 1), DType.FLOAT32);
            assertTrue(packed.isPacked());
            String message = assertThrows(IllegalArgumentException.class, packed::toINDArray)
                    .getMessage();
            assertEquals(
                    "toINDArray: the tensor is a weight packed for " + backend.name()
                            + ", which only products and convolutions take; unpack it first (Parameter.values() does)",
                    message);
            packed.close();
        });
    }
}
