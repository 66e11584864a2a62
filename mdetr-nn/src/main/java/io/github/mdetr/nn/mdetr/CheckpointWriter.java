package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.optim.StateTensor;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.FloatSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes models, and what a training keeps next to their weights, as safetensors in float32. */
public final class CheckpointWriter {
    private static final int CHUNK = 1 << 16;

    private CheckpointWriter() {}

    static void save(Path file, MdetrModel model, Map<String, ?> more) throws IOException {
        Map<String, Object> arguments = new LinkedHashMap<>(ConfigArguments.of(model.config()));
        arguments.putAll(more);
        write(file, weights("", model), new ModelMetadata(arguments).toMetadata(), null);
    }

    /** The model's weights, as they are when they are read. */
    public static List<StateTensor> weights(String prefix, MdetrModel model) {
        List<StateTensor> all = new ArrayList<>();
        for (Parameter p : model.parameters().all()) {
            all.add(new StateTensor(prefix + p.name(), p.shape(), values(p.tensor())));
        }
        return all;
    }

    private static FloatSource values(Tensor t) {
        return (from, into) -> {
            try (Tensor line = t.view(Shape.of(Math.toIntExact(t.size())));
                    Tensor part = line.rows(Math.toIntExact(from), into.remaining())) {
                part.read(into);
            }
        };
    }

    /**
     * Writes tensors and what is said of them next to the old file, forces it to the disk and renames it.
     *
     * @param previous what the old file is called then; null where it goes
     */
    public static void write(
            Path file, List<StateTensor> tensors, Map<String, String> metadata, @Nullable Path previous)
            throws IOException {
        List<TensorInfo> infos = tensors.stream()
                .map(t -> new TensorInfo(
                        t.name(),
                        StoredType.F32,
                        Arrays.stream(t.shape().dims()).mapToLong(d -> d).toArray()))
                .toList();
        try (SafeTensorsWriter out = SafeTensorsWriter.create(file, infos, metadata)) {
            FloatBuffer part = FloatBuffer.allocate(CHUNK);
            for (StateTensor t : tensors) {
                for (long at = 0; at < t.shape().size(); at += part.limit()) {
                    part.clear().limit((int) Math.min(part.capacity(), t.shape().size() - at));
                    t.values().read(at, part);
                    out.writeFloats(t.name(), part.flip());
                }
            }
            if (previous == null) {
                out.commit();
            } else {
                out.commitKeeping(previous);
            }
        }
    }
}
