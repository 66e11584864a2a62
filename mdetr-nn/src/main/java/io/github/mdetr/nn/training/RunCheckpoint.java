package io.github.mdetr.nn.training;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.StateTensor;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.FloatSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.mdetr.CheckpointWeights;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Training on disk: weights and the optimizer's state in one safetensors file, so that both are of the same step. The file is
 * written beside the old one, forced to the disk and renamed: whenever the process dies, one whole file is there.
 */
public final class RunCheckpoint {
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final int CHUNK = 1 << 16;

    private RunCheckpoint() {}

    /** Writes weights alone, as a checkpoint that any program of the project loads. */
    public static void saveModel(Path file, MdetrModel model, Map<String, Object> arguments) throws IOException {
        write(file, weights("", model), new ModelMetadata(new LinkedHashMap<>(arguments)).toMetadata());
    }

    /** Writes weights, the optimizer's state and {@code notes}. */
    public static void save(Path file, MdetrModel model, Optimizer optimizer, Map<String, String> notes)
            throws IOException {
        List<StateTensor> all = weights(MODEL, model);
        for (StateTensor t : optimizer.state()) {
            all.add(new StateTensor(OPTIMIZER + t.name(), t.shape(), t.values()));
        }
        write(file, all, notes);
    }

    /**
     * Reads weights and the optimizer's state back, bit for bit; gives the notes.
     *
     * @throws IllegalStateException when the file is of another model or optimizer
     */
    public static Map<String, String> restore(Path file, MdetrModel model, Optimizer optimizer) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            TensorSource tensors = checkpoint.model();
            WeightSource weights = new Part(new CheckpointWeights(tensors), MODEL);
            for (Parameter p : model.parameters().all()) {
                if (!weights.names().contains(p.name())
                        || !weights.shape(p.name()).equals(p.shape())) {
                    throw new IllegalStateException(file + ": holds no weight " + p.name() + " " + p.shape()
                            + "; resume with the configuration that the run was started with");
                }
            }
            optimizer.restore(new Part(new CheckpointWeights(tensors), OPTIMIZER));
            for (Parameter p : model.parameters().all()) {
                read(weights, p);
            }
            return tensors.metadata();
        }
    }

    private static void read(WeightSource weights, Parameter p) throws IOException {
        Tensor t = p.tensor();
        FloatBuffer part = FloatBuffer.allocate(CHUNK);
        for (long at = 0; at < t.size(); at += part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), t.size() - at));
            weights.read(p.name(), at, part);
            t.writeAt(at, part.flip());
        }
    }

    private static List<StateTensor> weights(String prefix, MdetrModel model) {
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

    private static void write(Path file, List<StateTensor> tensors, Map<String, String> metadata) throws IOException {
        List<TensorInfo> infos = tensors.stream()
                .map(t -> new TensorInfo(
                        t.name(),
                        StoredType.F32,
                        java.util.Arrays.stream(t.shape().dims())
                                .mapToLong(d -> d)
                                .toArray()))
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
            out.commit();
        }
    }

    /** The weights whose names begin with a prefix, without it. */
    private record Part(WeightSource all, String prefix) implements WeightSource {
        @Override
        public String description() {
            return all.description();
        }

        @Override
        public Set<String> names() {
            Set<String> names = new TreeSet<>();
            for (String name : all.names()) {
                if (name.startsWith(prefix)) {
                    names.add(name.substring(prefix.length()));
                }
            }
            return names;
        }

        @Override
        public Shape shape(String name) {
            return all.shape(prefix + name);
        }

        @Override
        public void read(String name, long from, FloatBuffer dst) throws IOException {
            all.read(prefix + name, from, dst);
        }
    }
}
