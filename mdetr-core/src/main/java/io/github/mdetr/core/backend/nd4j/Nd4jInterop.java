package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors on arrays and arrays on tensors, on the same memory where the layout allows. */
final class Nd4jInterop {
    private Nd4jInterop() {}

    static DataType type(DType t) {
        return switch (t) {
            case FLOAT32 -> DataType.FLOAT;
            case INT32 -> DataType.INT32;
            case BOOL -> DataType.BOOL;
            case BFLOAT16 ->
                throw new IllegalArgumentException(
                        "nd4j: no bfloat16 tensors on this backend, expected float32; use -Dmdetr.backend=onednn");
        };
    }

    /** The element type that a tensor of an array of {@code t} has. */
    private static DType type(DataType t) {
        if (t.isFPType()) {
            return DType.FLOAT32;
        }
        if (t == DataType.BOOL) {
            return DType.BOOL;
        }
        if (t.isIntType()) {
            return DType.INT32;
        }
        throw new IllegalArgumentException(
                "tensor of an INDArray: expected a float, integer or boolean array, got " + t);
    }

    static Tensor wrap(Nd4jBackend backend, INDArray array) {
        if (array.isEmpty()) {
            throw new IllegalArgumentException("tensor of an INDArray: the array is empty");
        }
        DType type = type(array.dataType());
        Shape shape =
                Shape.of(Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray());
        if (array.dataType() == type(type) && isRowMajor(array)) {
            return Tensor.on(new Nd4jStorage(backend, array), type, shape);
        }
        if (array.dataType() == DataType.INT64
                && (array.maxNumber().longValue() > Integer.MAX_VALUE
                        || array.minNumber().longValue() < Integer.MIN_VALUE)) {
            throw new IllegalArgumentException("tensor of an INDArray: LONG values must fit 32 bits");
        }
        Tensor t = Tensor.empty(backend, type, shape);
        INDArray values = array.rank() == 0 ? array.reshape(1) : array;
        NativeThread.execute(() -> Ops.assign(values, Views.of(t)));
        return t;
    }

    /** Strides of axes with one element say nothing. */
    private static boolean isRowMajor(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }

    static INDArray toINDArray(Tensor t) {
        if (t.isPacked()) {
            throw new IllegalArgumentException("INDArray of a tensor: it is packed for nd4j; unpack it first");
        }
        if (t.size() == 0) {
            throw new IllegalArgumentException("INDArray of a tensor: " + t + " is empty");
        }
        Nd4jStorage s = (Nd4jStorage) t.storage();
        // a buffer of the tensor's length, so that the array's data() shows no more than the tensor
        var part = Nd4j.createBuffer(s.memory(), s.first() + t.offset(), t.size());
        long[] shape = Arrays.stream(t.shape().dims()).mapToLong(d -> d).toArray();
        return Nd4j.create(part, shape, t.shape().strides(), 0, 'c');
    }
}
