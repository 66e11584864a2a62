package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An open checkpoint file of any supported format, told by its content: safetensors, or what {@code torch.save} writes (zip,
 * or the format before PyTorch 1.6), read without executing anything.
 *
 * <p>A file has sections of tensors. A published checkpoint has {@code model}, {@code model_ema} and {@code optimizer}; a
 * bare state dict and a safetensors file are one section, {@code model}. Names inside a section are verbatim; where it is
 * nested (an optimizer's state), they are paths of keys and indices joined with dots.
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

    private static final String ARGS = "args";

    private final CheckpointFile file;
    private final Format format;
    private final Map<String, TensorSource> sections = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    private @Nullable FileTensors summed;

    private Checkpoint(CheckpointFile file, Format format) {
        this.file = file;
        this.format = format;
    }

    /**
     * Opens a checkpoint.
     *
     * @throws CheckpointFormatException where it is not one, is damaged, or holds what cannot be read safely
     */
    public static Checkpoint open(Path path) throws IOException {
        return open(path, true);
    }

    /**
     * Opens a checkpoint.
     *
     * @param verify whether tensors are compared with the checksums of a safetensors file that {@link SafeTensorsWriter}
     *     wrote, while they are read from beginning to end; a file without is read as it is
     * @throws CheckpointFormatException as {@link #open(Path)}
     */
    public static Checkpoint open(Path path, boolean verify) throws IOException {
        CheckpointFile file = CheckpointFile.open(path);
        try {
            return read(file, verify);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static Checkpoint read(CheckpointFile file, boolean verify) throws IOException {
        byte[] head = file.readBytes(0, (int) Math.min(file.size(), FileKind.HEAD_BYTES));
        Format format = switch (FileKind.of(head)) {
            case SAFETENSORS -> Format.SAFETENSORS;
            case ZIP -> Format.TORCH_ZIP;
            case PICKLE -> Format.TORCH_LEGACY;
            case OTHER ->
                throw file.error(
                        "checkpoint",
                        "safetensors, or a file that torch.save wrote",
                        FileKind.describe(head),
                        "give the path of such a file");
        };
        Checkpoint checkpoint = new Checkpoint(file, format);
        switch (format) {
            case SAFETENSORS -> checkpoint.addSafeTensors(SafeTensors.open(file, verify));
            case TORCH_ZIP -> checkpoint.addTorch(TorchFile.readZip(file));
            case TORCH_LEGACY -> checkpoint.addTorch(TorchFile.readLegacy(file));
        }
        return checkpoint;
    }

    private void addSafeTensors(FileTensors model) throws IOException {
        summed = model;
        sections.put(MODEL, model);
        ModelMetadata metadata = ModelMetadata.read(file, model.metadata());
        if (metadata.args() != null) {
            entries.put(ARGS, metadata.args());
        }
    }

    private void addTorch(TorchFile torch) throws CheckpointFormatException {
        if (!(torch.root() instanceof Pickled.Dict root)) {
            throw file.error(
                    "pickled value",
                    "a state dict, or a dict that has one",
                    Pickled.describe(torch.root()),
                    "save torch.save({'model': model.state_dict()})");
        }
        boolean bare = !(root.items.get(MODEL) instanceof Pickled.Dict)
                && root.items.values().stream().anyMatch(value -> value instanceof Pickled.Tensor);
        if (bare) {
            TorchValues values = values(torch, "state dict");
            Object plain = values.plain(root);
            addSection(MODEL, values);
            if (plain instanceof Map<?, ?> map) {
                map.forEach((key, value) -> entries.put((String) key, value));
            }
            return;
        }
        for (Map.Entry<String, @Nullable Object> item : root.items.entrySet()) {
            TorchValues values = values(torch, "entry " + Excerpt.quote(item.getKey()));
            entries.put(item.getKey(), values.plain(item.getValue()));
            if (!values.tensors().isEmpty() || item.getKey().equals(MODEL)) {
                addSection(item.getKey(), values);
            }
        }
    }

    private TorchValues values(TorchFile torch, String where) {
        return new TorchValues(file, torch.storages(), torch.pickleLength(), where);
    }

    private void addSection(String name, TorchValues values) {
        String description = file.path() + " (" + name + ")";
        sections.put(name, new FileTensors(file, false, description, values.tensors(), Map.of()));
    }

    /**
     * Reads the whole file once and compares it with its checksums.
     *
     * @return whether it has any, and was opened to be compared with them
     * @throws CheckpointFormatException naming the tensor that is not what was written
     */
    public boolean verify() throws IOException {
        return summed != null && summed.verify();
    }

    /** The file. */
    public Path path() {
        return file.path();
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
     * The tensors of a section; closing the checkpoint closes it.
     *
     * @throws CheckpointFormatException where the file has no such section
     */
    public TensorSource section(String name) throws CheckpointFormatException {
        TensorSource section = sections.get(name);
        if (section == null) {
            String have =
                    sections.keySet().stream().limit(10).map(Excerpt::quote).collect(Collectors.joining(", "));
            throw file.error(
                    "sections",
                    Excerpt.quote(name),
                    have.isEmpty() ? "no tensors at all" : have,
                    name.equals(MODEL_EMA)
                            ? "take the weights themselves, without the moving average"
                            : "save it again with torch.save({'model': state_dict})");
        }
        return section;
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
        file.close();
    }

    @Override
    public String toString() {
        return file.path() + " (" + format + ", " + String.join(", ", sections.keySet()) + ")";
    }
}
