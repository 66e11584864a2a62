package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.parameter.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From an open checkpoint to a model. */
public final class ModelLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

    private ModelLoader() {}

    /**
     * The configuration of a checkpoint's model.
     *
     * @param section {@link Checkpoint#MODEL} or {@link Checkpoint#MODEL_EMA}
     * @param options arguments that the user gives, over those in the file, by the names of {@link ConfigReader}
     * @throws IllegalArgumentException when it cannot be told, is contradictory, or of another architecture
     * @throws IOException when the file has no such section
     */
    public static MdetrConfig config(Checkpoint checkpoint, String section, Map<String, ?> options) throws IOException {
        Map<String, Object> stated = new HashMap<>();
        checkpoint.args().forEach((name, value) -> {
            if (value != null) {
                stated.put(name, value);
            }
        });
        ConfigReader.checkNames(options.keySet());
        stated.putAll(options);
        CheckpointWeights weights = new CheckpointWeights(checkpoint.section(section));
        return ConfigReader.read(weights.description(), stated, weights.shapes());
    }

    /** The model of a checkpoint in float32; the rest as {@link #load(Checkpoint, String, Map, Mode, Precision)}. */
    public static MdetrModel load(Checkpoint checkpoint, String section, Map<String, ?> options, Mode mode)
            throws IOException {
        return load(checkpoint, section, options, mode, Precision.FLOAT32);
    }

    /**
     * The model of a checkpoint, on the current device; the checkpoint can be closed after.
     *
     * @param section {@link Checkpoint#MODEL} or {@link Checkpoint#MODEL_EMA}
     * @param options as for {@link #config}
     * @throws IllegalArgumentException when the configuration cannot be told, is contradictory, or of another model, or the
     *     current device or the mode cannot compute in that precision
     * @throws IllegalStateException when weights are missing, of another shape or unexpected
     * @throws IOException when the file cannot be read or has no such section
     */
    public static MdetrModel load(
            Checkpoint checkpoint, String section, Map<String, ?> options, Mode mode, Precision precision)
            throws IOException {
        MdetrConfig config = config(checkpoint, section, options);
        checkpoint.notes(section).forEach(note -> LOG.warn("{}: {}", checkpoint.path(), note));
        return load(config, new CheckpointWeights(checkpoint.section(section)), mode, precision);
    }

    /** The model of these weights; an error in reading them is what it is. */
    static MdetrModel load(MdetrConfig config, WeightSource weights, Mode mode, Precision precision)
            throws IOException {
        try {
            return MdetrModel.load(config, weights, mode, precision);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
