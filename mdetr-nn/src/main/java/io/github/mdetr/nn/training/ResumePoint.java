package io.github.mdetr.nn.training;

import io.github.mdetr.core.io.CheckpointFormatException;
import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.TensorSource;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the training of a folder goes on: at its last checkpoint, or at the one before where the last is damaged. Finding it
 * reads files and changes nothing; {@link Trainer#resume(ResumePoint)} does.
 */
public final class ResumePoint {
    private static final String KEPT = "training.kept.";

    private final Path file;
    private final Map<String, String> metadata;
    private final boolean verified;
    private final @Nullable String damage;
    private final long reached;
    private final @Nullable String lastDamage;
    private final @Nullable String bestDamage;

    private ResumePoint(
            Path file, Map<String, String> metadata, boolean verified, @Nullable String damage, long reached)
            throws IOException {
        this.file = file;
        this.metadata = metadata;
        this.verified = verified;
        this.damage = damage;
        this.reached = reached;
        this.lastDamage = weightsDamage(file.resolveSibling(Trainer.LAST), verified);
        this.bestDamage = weightsDamage(file.resolveSibling(Trainer.BEST), verified);
    }

    /**
     * Looks for the newest whole checkpoint.
     *
     * @param verify whether files are compared with their checksums; without, headers alone are looked at
     * @return nothing where the folder has no checkpoint
     * @throws CheckpointFormatException when there are checkpoints and none of them is whole
     * @throws AccessDeniedException when the last one may not be read, which says nothing about damage
     */
    public static Optional<ResumePoint> find(Path folder, boolean verify) throws IOException {
        Path state = folder.resolve(Trainer.STATE);
        Path previous = folder.resolve(Trainer.PREVIOUS);
        if (!Files.exists(state) && !Files.exists(previous)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ResumePoint(state, read(state, verify), verify, null, -1));
        } catch (AccessDeniedException e) { // it may be whole
            throw e;
        } catch (IOException e) {
            if (!Files.exists(previous)) {
                throw e instanceof CheckpointFormatException f ? f : damaged(state, problem(state, e));
            }
            try {
                return Optional.of(
                        new ResumePoint(previous, read(previous, verify), verify, problem(state, e), steps(state, e)));
            } catch (IOException another) {
                another.addSuppressed(e);
                throw damaged(
                        state, problem(state, e) + ", and " + Trainer.PREVIOUS + ": " + problem(previous, another));
            }
        }
    }

    private static CheckpointFormatException damaged(Path state, String problem) {
        return new CheckpointFormatException(
                state, "checkpoint", "a whole one", problem, "begin another run with the weights, which may be whole");
    }

    private static Map<String, String> read(Path file, boolean verify) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "is missing");
        }
        if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString(), null, "make it readable");
        }
        try (TensorSource tensors = SafeTensors.open(file, verify)) {
            tensors.verify();
            Map<String, String> metadata = tensors.metadata();
            try {
                Trainer.stepsTaken(metadata);
            } catch (NumberFormatException e) {
                throw new CheckpointFormatException(
                        file, "metadata", "a number of steps", String.valueOf(e.getMessage()), "take another copy");
            }
            return metadata;
        }
    }

    /** The steps of a file that is damaged elsewhere; -1 where they cannot be told. */
    private static long steps(Path file, IOException problem) {
        if (!(problem instanceof CheckpointFormatException e) || !e.where().startsWith("tensor")) {
            return -1;
        }
        try (TensorSource tensors = SafeTensors.open(file, false)) {
            return Trainer.stepsTaken(tensors.metadata());
        } catch (IOException | NumberFormatException another) {
            return -1;
        }
    }

    /** Null where the weights are whole, or there are none to be had again. */
    private static @Nullable String weightsDamage(Path weights, boolean verify) {
        if (!Files.exists(weights)) {
            return weights.endsWith(Trainer.LAST) ? "is missing" : null;
        }
        try (TensorSource tensors = SafeTensors.open(weights, verify)) {
            tensors.verify();
            return null;
        } catch (IOException e) {
            return problem(weights, e);
        }
    }

    /** Without the file's name, and what to do about it. */
    private static String problem(Path file, IOException e) {
        if (e instanceof CheckpointFormatException f) {
            return f.where() + ": expected " + f.expected() + ", got " + f.got();
        }
        if (e instanceof NoSuchFileException) {
            return "is missing";
        }
        return String.valueOf(e.getMessage()).replace(file + ": ", "");
    }

    // ---- what it is ----

    /** The checkpoint. */
    public Path file() {
        return file;
    }

    /** The steps that it has taken. */
    public long step() {
        return Trainer.stepsTaken(metadata);
    }

    /** What the training's program had it keep ({@link Trainer.Builder#keep}), by name. */
    public Map<String, String> kept() {
        Map<String, String> kept = new LinkedHashMap<>();
        metadata.forEach((key, text) -> {
            if (key.startsWith(KEPT)) {
                kept.put(key.substring(KEPT.length()), text);
            }
        });
        return kept;
    }

    static String key(String kept) {
        return KEPT + kept;
    }

    /** Whether it is the last checkpoint. */
    public boolean isLast() {
        return damage == null;
    }

    /** Whether {@link Trainer#LAST} is whole. */
    public boolean hasLast() {
        return lastDamage == null;
    }

    /** Whether {@link Trainer#BEST} is whole, or there is none. */
    public boolean hasBest() {
        return bestDamage == null;
    }

    boolean isVerified() {
        return verified;
    }

    /**
     * What is damaged, and what is done about it; a line for each file.
     *
     * @param logged the last step that a log tells of, where the damaged checkpoint's own step cannot be read; 0 where there is none
     */
    public List<String> notes(long logged) {
        List<String> notes = new ArrayList<>();
        if (damage != null) {
            long lost = Math.max(reached, logged) - step();
            notes.add(file.resolveSibling(Trainer.STATE) + ": " + damage + "; the run falls back on " + Trainer.PREVIOUS
                    + ", step " + step() + ", and repeats "
                    + (lost > 0 ? lost + (lost == 1 ? " step" : " steps") : "the steps since"));
        }
        if (lastDamage != null) {
            notes.add(file.resolveSibling(Trainer.LAST) + ": " + lastDamage
                    + "; it is written again from the checkpoint");
        }
        if (bestDamage != null) {
            notes.add(file.resolveSibling(Trainer.BEST) + ": " + bestDamage
                    + "; the weights are judged anew, and the best from here on take its place");
        }
        return notes;
    }
}
