package io.github.mdetr.nn.training;

import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.StateTensor;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.mdetr.CheckpointWeights;
import io.github.mdetr.nn.mdetr.CheckpointWriter;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Training on disk: weights and the optimizer's state in one safetensors file, so that both are of the same step. The file is
 * written next to the old one, forced to the disk and renamed: whenever the process dies, one whole file is there. Checksums
 * tell whether it still is what was written.
 */
public final class RunCheckpoint {
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final int CHUNK = 1 << 16;

    private RunCheckpoint() {}

    /** Writes weights, the optimizer's state and {@code notes}. */
    public static void save(Path file, MdetrModel model, Optimizer optimizer, Map<String, String> notes)
            throws IOException {
        save(file, model, optimizer, notes, null);
    }

    /**
     * The same.
     *
     * @param previous what the file that is there is called then; null where it goes
     */
    static void save(
            Path file, MdetrModel model, Optimizer optimizer, Map<String, String> notes, @Nullable Path previous)
            throws IOException {
        List<StateTensor> all = CheckpointWriter.weights(MODEL, model);
        for (StateTensor t : optimizer.state()) {
            all.add(new StateTensor(OPTIMIZER + t.name(), t.shape(), t.values()));
        }
        CheckpointWriter.write(file, all, notes, previous);
    }

    /**
     * Reads weights and the optimizer's state back, bit for bit; gives the notes.
     *
     * @throws IOException when the file cannot be read, or is not what was written
     * @throws IllegalStateException when the file is of another model or optimizer
     */
    public static Map<String, String> restore(Path file, MdetrModel model, Optimizer optimizer) throws IOException {
        return restore(file, model, optimizer, true);
    }

    /** The same, compared with the checksums or as it is. */
    static Map<String, String> restore(Path file, MdetrModel model, Optimizer optimizer, boolean verify)
            throws IOException {
        // names as written: their prefix says whether they are of the model or the optimizer
        try (TensorSource tensors = SafeTensors.open(file, verify)) {
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
        } catch (UncheckedIOException e) {
            throw e.getCause();
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
