package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors on ND4J's memory and arrays on ours, without a copy where the layouts agree. ND4J starts when first used. */
final class Nd4jInterop {
    private Nd4jInterop() {}

    static Tensor wrap(OneDnnBackend backend, INDArray array) {
        Shape shape =
                Shape.of(Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray());
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("tensor of an INDArray: expected FLOAT, got " + array.dataType()
                    + "; cast it with castTo(DataType.FLOAT)");
        }
        boolean plain = array.ordering() == 'c' && Arrays.equals(array.stride(), shape.strides());
        INDArray source = plain ? array : array.dup('c');
        long address = source.data().address();
        OneDnnStorage s = OneDnnStorage.borrowed(backend, source, address, 4 * shape.size());
        return Tensor.on(s, DType.FLOAT32, shape);
    }

    static INDArray toINDArray(Tensor t) {
        if (t.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("INDArray of a tensor: expected FLOAT32, got " + t);
        }
        long[] dims = Arrays.stream(t.shape().dims()).mapToLong(d -> d).toArray();
        FloatPointer p = new FloatPointer(new Address(OneDnnBackend.address(t))).capacity(t.size());
        DataBuffer buffer = Nd4j.createBuffer(p, t.size(), DataType.FLOAT);
        return Nd4j.create(buffer, dims, t.shape().strides(), 0, 'c');
    }
}
