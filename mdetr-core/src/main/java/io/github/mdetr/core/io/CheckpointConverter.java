package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts a checkpoint to safetensors without holding more than a few megabytes of it. */
public final class CheckpointConverter {
    private static final int CHUNK_BYTES = 8 << 20;

    private CheckpointConverter() {}

    /**
     * Writes one section's tensors, names and element types as stored, and the training arguments as
     * {@link ModelMetadata}.
     *
     * @param in any checkpoint
     * @param out the safetensors file to make or to replace
     * @param section {@link Checkpoint#MODEL} or {@link Checkpoint#MODEL_EMA}
     */
    public static void convert(Path in, Path out, String section) throws IOException {
        convert(in, out, section, Map.of());
    }

    /**
     * The same with arguments that go before the file's own.
     *
     * @param arguments numbers, booleans or texts by name
     */
    public static void convert(Path in, Path out, String section, Map<String, ?> arguments) throws IOException {
        convert(in, out, section, arguments, true);
    }

    /**
     * The same.
     *
     * @param verify as {@link Checkpoint#open(Path, boolean)}
     */
    public static void convert(Path in, Path out, String section, Map<String, ?> arguments, boolean verify)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(in, verify)) {
            TensorSource source = checkpoint.section(section);
            Map<String, @Nullable Object> args = new LinkedHashMap<>(checkpoint.args());
            args.putAll(arguments);
            Map<String, String> metadata = new LinkedHashMap<>(source.metadata());
            metadata.putAll(new ModelMetadata(args.isEmpty() ? null : args).toMetadata());
            ArrayList<TensorInfo> tensors = new ArrayList<>(source.tensors().values());
            try (SafeTensorsWriter writer = SafeTensorsWriter.create(out, tensors, metadata)) {
                copy(source, writer);
                writer.commit();
            }
        }
    }

    private static void copy(TensorSource source, SafeTensorsWriter writer) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try {
            for (TensorInfo info : source.tensors().values()) {
                long step = CHUNK_BYTES / info.type().bytes();
                for (long done = 0; done < info.elements(); done += step) {
                    long count = Math.min(step, info.elements() - done);
                    chunk.clear().limit((int) count * info.type().bytes());
                    source.readBytes(info.name(), done, chunk);
                    writer.write(info.name(), chunk.flip());
                }
            }
        } finally {
            DirectMemory.free(chunk);
        }
    }
}
