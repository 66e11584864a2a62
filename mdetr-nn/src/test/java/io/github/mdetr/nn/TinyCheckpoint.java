package io.github.mdetr.nn;

import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes formula weights as a file of this library. */
public final class TinyCheckpoint {
    private TinyCheckpoint() {}

    /**
     * Writes a safetensors file.
     *
     * @param shapes the tensors to write, also other ones than the source says
     * @param args arguments of training, or null for a file that states none
     */
    public static void write(
            WeightSource weights, Map<String, Shape> shapes, @Nullable Map<String, Object> args, Path file)
            throws IOException {
        List<TensorInfo> tensors = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            long[] dims = Arrays.stream(shape.dims()).asLongStream().toArray();
            tensors.add(new TensorInfo(name, StoredType.F32, dims));
        });
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, tensors, new ModelMetadata(args).toMetadata())) {
            for (TensorInfo info : tensors) {
                ByteBuffer b = ByteBuffer.allocate((int) info.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
                weights.read(info.name(), 0, b.asFloatBuffer());
                writer.write(info.name(), b);
            }
            writer.commit();
        }
    }
}
