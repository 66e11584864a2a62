package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.training.ResumePoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where the options of a training come from: its command line, a file, or the run that goes on. */
final class RunConfiguration {
    /** Under this name a checkpoint keeps the options. */
    static final String KEPT = "options";

    /** What does not change what the steps before were. */
    private static final Set<String> FREE = Set.of(
            "--steps",
            "--decay",
            "--epochs",
            "--evaluate-every",
            "--checkpoint-every",
            "--log-every",
            "--loaders",
            "--non-finite",
            "--bad-images",
            "--val",
            "--val-images");

    /** Files that may lie elsewhere by now; whether they are the same is checked by what is in them. */
    private static final Set<String> MOVABLE = Set.of("--data", "--images", "--weights", "--vocabulary");

    private final CommandLine command;
    private final TrainOptions options;
    private final Path saved;
    private final Notes notes;

    /**
     * Of a command in a run's folder.
     *
     * @param options what the command's options are set on
     */
    RunConfiguration(CommandSpec spec, Path folder, TrainOptions options) {
        this.command = spec.commandLine();
        this.options = options;
        this.saved = folder.resolve(RunFolder.CONFIG);
        this.notes = new Notes(spec);
    }

    /**
     * Sets the options of the run where it goes on, else those of a file; the command line goes before them.
     *
     * @param point where the run goes on; null where it begins
     * @throws IllegalArgumentException when an option is given that a run cannot change, or its configuration is missing
     */
    void apply(boolean resume, @Nullable Path config, @Nullable ResumePoint point) throws IOException {
        if (resume && config != null) {
            throw new IllegalArgumentException("--config: a run goes on with its own configuration, " + saved);
        }
        if (resume) {
            goOn(point);
        } else if (config != null) {
            TrainConfigFile.apply(config, command);
        }
        // Of these one follows from the other; the one that was given here is it.
        Set<String> here = TrainConfigFile.given(command);
        if (here.contains("--epochs") && !here.contains("--steps")) {
            options.steps = null;
        } else if (here.contains("--steps") && !here.contains("--epochs")) {
            options.epochs = null;
        }
    }

    private void goOn(@Nullable ResumePoint point) throws IOException {
        if (!Files.exists(saved)) {
            throw new IllegalArgumentException(saved + ": is missing; "
                    + (point == null
                            ? "the run ended before its first checkpoint: begin it as before, without --resume"
                            : "a run goes on with what it was started with: put it back, or start another run"));
        }
        Set<String> fixed = new TreeSet<>(TrainConfigFile.given(command));
        fixed.removeAll(FREE);
        if (!fixed.isEmpty()) {
            throw new IllegalArgumentException(fixed.iterator().next()
                    + ": a run goes on with what it was started with; start another run to change it");
        }
        TrainConfigFile.apply(saved, words(point), command);
    }

    /** The run's options: those of its file, compared with what the checkpoint keeps of them. */
    private List<String> words(@Nullable ResumePoint point) throws IOException {
        String kept = point == null ? null : point.kept().get(KEPT);
        if (kept == null) {
            return TrainConfigFile.words(saved);
        }
        List<String> began = TrainConfigFile.words(saved, kept);
        List<String> own;
        try {
            own = TrainConfigFile.words(saved);
        } catch (IllegalArgumentException e) {
            notes.note(e.getMessage() + "; the run goes on with the options that its checkpoint keeps");
            return began;
        }
        List<String> fixed = began.stream().filter(w -> !mayChange(w)).toList();
        List<String> other =
                own.stream().filter(w -> !mayChange(w) && !fixed.contains(w)).toList();
        List<String> lacking = fixed.stream().filter(w -> !own.contains(w)).toList();
        if (!other.isEmpty() || !lacking.isEmpty()) {
            notes.note(saved + ": has " + (other.isEmpty() ? "no" : String.join(", ", other))
                    + " where the checkpoint"
                    + " keeps " + (lacking.isEmpty() ? "none" : String.join(", ", lacking))
                    + "; the run goes on with what it was started with");
        }
        return Stream.concat(fixed.stream(), own.stream().filter(RunConfiguration::mayChange))
                .toList();
    }

    private static boolean mayChange(String word) {
        String name = word.substring(0, word.indexOf('='));
        return FREE.contains(name) || MOVABLE.contains(name);
    }
}
