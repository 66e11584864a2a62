package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.Nd4jArrays;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.bytedeco.javacpp.BooleanPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors on ND4J's memory and arrays on ours, without a copy where the layouts agree. ND4J starts when first used. */
final class Nd4jInterop {
    private Nd4jInterop() {}

    static Tensor wrap(OneDnnBackend backend, INDArray array) {
        return NativeThread.run(() -> {
            INDArray source = Nd4jArrays.shareable(array);
            DType type = Nd4jArrays.dtype(array);
            Shape shape = Nd4jArrays.shape(array);
            long bytes = type.bytes() * shape.size();
            Tensor shared = Tensor.on(OneDnnStorage.borrowed(backend, source, address(source), bytes), type, shape);
            if (source == array) {
                return shared;
            }
            try (shared) {
                Tensor t = Tensor.empty(backend, type, shape);
                backend.copy(shared, t);
                return t;
            } finally {
                source.close();
            }
        });
    }

    /** Where the first element of a row-major {@code array} lies. */
    private static long address(INDArray array) {
        DataBuffer data = array.data();
        DataBuffer original = data.originalDataBuffer();
        // offsets of views count from the start of the original buffer, also those of views of views
        return original == null
                ? data.address()
                : original.address() + data.offset() * array.dataType().width();
    }

    static INDArray toINDArray(Tensor t) {
        Nd4jArrays.checkGiven(t);
        Address address = new Address(OneDnnBackend.address(t));
        Pointer p = switch (t.dtype()) {
            case FLOAT32 -> new FloatPointer(address);
            case INT32 -> new IntPointer(address);
            case BOOL -> new BooleanPointer(address);
            case BFLOAT16, FLOAT16 -> throw new AssertionError("refused before");
        };
        long[] dims = Arrays.stream(t.shape().dims()).mapToLong(d -> d).toArray();
        DataBuffer buffer = Nd4j.createBuffer(p.capacity(t.size()), t.size(), Nd4jArrays.type(t.dtype()));
        return Nd4j.create(buffer, dims, t.shape().strides(), 0, 'c');
    }
}
