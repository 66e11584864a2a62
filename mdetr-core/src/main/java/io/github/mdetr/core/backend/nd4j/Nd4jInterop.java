package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.Nd4jArrays;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors on arrays and arrays on tensors, on the same memory where the layout allows. */
final class Nd4jInterop {
    private Nd4jInterop() {}

    static Tensor wrap(Nd4jBackend backend, INDArray array) {
        return NativeThread.run(() -> {
            INDArray source = Nd4jArrays.shareable(array, backend.type(DType.FLOAT32));
            DType type = Nd4jArrays.dtype(array);
            if (source == array) {
                return Tensor.on(new Nd4jStorage(backend, array, type), type, Nd4jArrays.shape(array));
            }
            Tensor t = Tensor.empty(backend, type, Nd4jArrays.shape(array));
            Ops.assign(source.rank() == 0 ? source.reshape(1) : source, Views.of(t));
            source.close();
            return t;
        });
    }

    static INDArray toINDArray(Tensor t) {
        Nd4jArrays.checkGiven(t);
        Nd4jStorage s = (Nd4jStorage) t.storage();
        // a buffer of the tensor's length, so that the array's data() shows no more than the tensor
        var part = Nd4j.createBuffer(s.memory(), s.first() + t.offset(), t.size());
        long[] shape = Arrays.stream(t.shape().dims()).mapToLong(d -> d).toArray();
        return Nd4j.create(part, shape, t.shape().strides(), 0, 'c');
    }
}
