package io.github.mdetr.nn.training;

import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.optim.AveragedWeights;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a training writes into its folder, in which order, and what it sets aside there. */
final class RunFiles {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    /** Instead of the ending, of files that are set aside. */
    private static final String DAMAGED = "-damaged.safetensors";

    private final Path folder;
    private final MdetrModel model;
    private final Optimizer optimizer;
    private final Map<String, Object> arguments;

    /**
     * Of a folder.
     *
     * @param arguments that the weights' files state besides the model's configuration
     */
    RunFiles(Path folder, MdetrModel model, Optimizer optimizer, Map<String, Object> arguments) {
        this.folder = folder;
        this.model = model;
        this.optimizer = optimizer;
        this.arguments = arguments;
    }

    /** Writes {@link Trainer#LAST} and a checkpoint; the one before is kept where there is room for it. */
    void save(Map<String, String> notes) throws IOException {
        Path previous = folder.resolve(Trainer.PREVIOUS);
        try {
            save(notes, previous);
        } catch (FileSystemException e) {
            if (!Files.exists(folder.resolve(Trainer.STATE)) || !Files.deleteIfExists(previous)) {
                throw e;
            }
            LOG.warn("{}; {} is deleted to make room", e.getMessage(), previous);
            save(notes, previous);
        }
    }

    private void save(Map<String, String> notes, Path previous) throws IOException {
        saveWeights(Trainer.LAST); // first: where there is a state, there are weights
        RunCheckpoint.save(folder.resolve(Trainer.STATE), model, optimizer, notes, previous);
    }

    /** The weights to use: the averages where the optimizer keeps them. */
    void saveWeights(String name) throws IOException {
        Path file = folder.resolve(name);
        if (optimizer.isAveraging()) {
            try (AveragedWeights averages = optimizer.useAverage()) {
                model.save(file, arguments);
            }
        } else {
            model.save(file, arguments);
        }
    }

    /** Makes the checkpoint before the one that counts; a damaged one is set aside. */
    void fallBack() throws IOException {
        setAside(Trainer.STATE);
        Files.move(folder.resolve(Trainer.PREVIOUS), folder.resolve(Trainer.STATE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Gives a damaged file, if it is there, another name. */
    void setAside(String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            Path aside = folder.resolve(name.replace(".safetensors", DAMAGED));
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** What a process that was killed while it wrote left behind. */
    void removeLeftovers() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SafeTensorsWriter.TEMPORARY)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
