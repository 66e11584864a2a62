package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An open checkpoint of any supported format, told by its content: safetensors, or what {@code torch.save} writes (zip, or
 * the format before PyTorch 1.6), read without executing anything; in one file or in several.
 *
 * <p>It has sections of tensors. A published checkpoint has {@code model}, {@code model_ema} and {@code optimizer}; a bare
 * state dict and a safetensors file are one section, {@code model}. Where another program wrote it, the weights are that
 * section wherever they were, and their names are without what wrapped the model ({@link #notes} tells). Names of other
 * sections are verbatim; where one is nested (an optimizer's state), they are paths of keys and indices joined with dots.
 *
 * <p>Nothing but names, shapes and arguments is read on opening. Safe for use by several threads.
 */
public final class Checkpoint implements AutoCloseable {
    /** The section of the weights. */
    public static final String MODEL = "model";

    /** The section of the weights' exponential moving average. */
    public static final String MODEL_EMA = "model_ema";

    /** How the file is stored. */
    public enum Format {
        /** safetensors. */
        SAFETENSORS,
        /** torch.save since PyTorch 1.6: a zip file. */
        TORCH_ZIP,
        /** torch.save before: pickles, then raw storages. */
        TORCH_LEGACY
    }

    static final String ARGS = "args";

    private final Path path;
    private final Format format;
    private final List<CheckpointFile> files = new ArrayList<>();
    private final Map<String, CheckpointContent.Section> stored = new LinkedHashMap<>();
    private final Map<String, TensorSource> sections = new LinkedHashMap<>();
    private final Map<String, CheckpointFormatException> unreadable = new HashMap<>();
    private final Map<String, List<String>> sectionNotes = new HashMap<>();
    private final Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final PassedOver.Counts passedOver = new PassedOver.Counts();

    private Checkpoint(Path path, Format format) {
        this.path = path;
        this.format = format;
    }

    /**
     * Opens a checkpoint.
     *
     * @param path the file; for one in several files, its index ({@code model.safetensors.index.json}, or that of PyTorch's
     *     {@code .bin} files) or the folder of that
     * @throws CheckpointFormatException where it is not one, is damaged, or holds what cannot be read safely
     */
    public static Checkpoint open(Path path) throws IOException {
        return open(path, true);
    }

    /**
     * Opens a checkpoint.
     *
     * @param path as in {@link #open(Path)}
     * @param verify whether tensors are compared with the checksums of a safetensors file that {@link SafeTensorsWriter}
     *     wrote, while they are read from beginning to end; a file without is read as it is
     * @throws CheckpointFormatException as {@link #open(Path)}
     */
    public static Checkpoint open(Path path, boolean verify) throws IOException {
        Path inFolder = Files.isDirectory(path) ? ShardIndex.inFolder(path) : null;
        OpenFiles open = new OpenFiles(inFolder == null ? path : inFolder, verify);
        try {
            List<CheckpointContent> contents = open.read();
            Checkpoint checkpoint = new Checkpoint(path, contents.get(0).format);
            checkpoint.files.addAll(open.files());
            contents.forEach(checkpoint::add);
            checkpoint.finish();
            return checkpoint;
        } catch (IOException | RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private void add(CheckpointContent content) {
        content.sections.forEach((name, section) -> {
            CheckpointContent.Section all = stored.computeIfAbsent(name, n -> new CheckpointContent.Section());
            all.tensors().putAll(section.tensors());
            all.unreadable().putAll(section.unreadable());
        });
        content.entries.forEach(entries::putIfAbsent);
        content.metadata.forEach(metadata::putIfAbsent);
        notes.addAll(content.notes);
        passedOver.addAll(content.passedOver.list());
    }

    /** Names the weights and makes the sections. */
    private void finish() {
        if (!stored.containsKey(MODEL) && !stored.containsKey(MODEL_EMA)) {
            List<String> holders = stored.entrySet().stream()
                    .filter(e -> CleanWeights.holdsModel(e.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            if (holders.size() == 1) {
                stored.put(MODEL, stored.remove(holders.get(0)));
                notes.add("the weights are below " + Excerpt.quote(holders.get(0)));
            }
        }
        CheckpointContent.Section model = stored.get(MODEL);
        if (model != null && !stored.containsKey(MODEL_EMA) && CleanWeights.hasAverages(model)) {
            stored.put(MODEL_EMA, model);
        }
        stored.forEach((name, section) -> {
            CheckpointContent.Section clean = section;
            if (name.equals(MODEL) || name.equals(MODEL_EMA)) {
                CleanWeights cleaned = CleanWeights.of(path, section, name.equals(MODEL_EMA));
                clean = cleaned.section();
                sectionNotes.put(name, cleaned.notes());
                unreadable.putAll(clean.unreadable().isEmpty() ? Map.of() : Map.of(name, first(clean)));
            }
            sections.put(name, source(name, clean));
        });
        if (!sections.containsKey(MODEL) && sections.containsKey(MODEL_EMA)) {
            notes.add("there is only the moving average of the weights, which is taken for the weights");
        }
    }

    private static CheckpointFormatException first(CheckpointContent.Section section) {
        return section.unreadable().values().iterator().next();
    }

    private TensorSource source(String name, CheckpointContent.Section section) {
        boolean whole = format == Format.SAFETENSORS && name.equals(MODEL);
        String described = (whole ? path.toString() : path + " (" + name + ")") + ShardIndex.hint(path);
        return new FileTensors(null, described, section.tensors(), metadata);
    }

    /**
     * Reads all tensors once and compares them with their checksums.
     *
     * @return whether there are any, and the checkpoint was opened to be compared with them
     * @throws CheckpointFormatException naming the tensor that is not what was written
     */
    public boolean verify() throws IOException {
        boolean any = false;
        for (CheckpointContent.Section section : stored.values()) {
            any |= FileTensors.verify(section.tensors().values());
        }
        return any;
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** How it is stored. */
    public Format format() {
        return format;
    }

    /** The sections that hold tensors, in the file's order. */
    public Set<String> sections() {
        return Collections.unmodifiableSet(sections.keySet());
    }

    /**
     * The tensors of a section; closing the checkpoint closes it. Where there is no {@link #MODEL} but a {@link #MODEL_EMA},
     * that is both.
     *
     * @throws CheckpointFormatException where the file has no such section, or a tensor of it depends on an object that is not
     *     known
     */
    public TensorSource section(String name) throws CheckpointFormatException {
        String there = resolve(name);
        CheckpointFormatException reason = unreadable.get(there);
        if (reason != null) {
            throw reason;
        }
        TensorSource section = sections.get(there);
        if (section == null) {
            String have =
                    sections.keySet().stream().limit(10).map(Excerpt::quote).collect(Collectors.joining(", "));
            throw new CheckpointFormatException(
                    path,
                    "sections",
                    Excerpt.quote(name),
                    have.isEmpty() ? "no tensors at all" : have,
                    name.equals(MODEL_EMA)
                            ? "take the weights themselves, without the moving average"
                            : "save it again with torch.save({'model': state_dict})");
        }
        return section;
    }

    /** The name among {@link #sections} of what {@link #section} gives by this name. */
    public String resolve(String name) {
        return name.equals(MODEL) && !sections.containsKey(MODEL) && sections.containsKey(MODEL_EMA) ? MODEL_EMA : name;
    }

    /**
     * What was done to find a section's weights and to name them as published, and what was not as usual: a sentence each,
     * without the file's name. Empty for a file of the published form.
     */
    public List<String> notes(String section) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(sectionNotes.getOrDefault(resolve(section), List.of()));
        return all;
    }

    /** The objects in a pickle that were neither read nor run, by their types. */
    public List<PassedOver> passedOver() {
        return passedOver.list();
    }

    /** Bytes of the file, or of all its files. */
    public long byteSize() {
        return files.stream().mapToLong(CheckpointFile::size).sum();
    }

    /** The weights: the section {@link #MODEL}. */
    public TensorSource model() throws CheckpointFormatException {
        return section(MODEL);
    }

    /**
     * The arguments that the model was trained with (an {@code argparse.Namespace} in a published checkpoint), in order:
     * null, String, Long, BigInteger, Double, Boolean, List or Map of these. Tuples and sets are lists, a path its text, a
     * complex number a list of two, bytes one character for each; numbers as keys are text. Empty where there are none.
     */
    public Map<String, @Nullable Object> args() {
        Map<String, @Nullable Object> args = new LinkedHashMap<>();
        if (entries.get(ARGS) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> args.put((String) key, value));
        }
        return Collections.unmodifiableMap(args);
    }

    /** Everything pickled, such as {@code epoch}, as {@link #args} has it, with a {@link TensorInfo} for each tensor. */
    public Map<String, @Nullable Object> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public void close() throws IOException {
        OpenFiles.close(files);
    }

    @Override
    public String toString() {
        return path + " (" + format + ", " + String.join(", ", sections.keySet()) + ")";
    }
}
