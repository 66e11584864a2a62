package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tensors of a checkpoint file, or of one section of it: what both formats' readers come down to. */
final class FileTensors implements TensorSource {
    private final CheckpointFile file;
    private final boolean ownsFile;
    private final String description;
    private final Map<String, StoredTensor> stored;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;
    private final @Nullable Checksums sums;

    FileTensors(
            CheckpointFile file,
            boolean ownsFile,
            String description,
            Map<String, StoredTensor> stored,
            Map<String, String> metadata) {
        this(file, ownsFile, description, stored, metadata, null);
    }

    /** Whose tensors are compared with checksums. */
    FileTensors(
            CheckpointFile file,
            boolean ownsFile,
            String description,
            Map<String, StoredTensor> stored,
            Map<String, String> metadata,
            @Nullable Checksums sums) {
        this.file = file;
        this.sums = sums;
        this.ownsFile = ownsFile;
        this.description = description;
        this.stored = stored;
        this.metadata = Collections.unmodifiableMap(metadata);
        stored.forEach((name, tensor) -> tensors.put(name, tensor.info()));
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void readFloats(String name, long elementOffset, FloatBuffer dst) throws IOException {
        StoredTensor tensor = find(name, elementOffset, dst.remaining());
        requireFloat(tensor.info());
        FloatWidening widening = new FloatWidening(tensor.info().type(), dst.remaining());
        convert(tensor, elementOffset, dst.remaining(), chunk -> widening.widen(chunk, dst));
    }

    @Override
    public void readFloats(String name, long elementOffset, ByteBuffer dst) throws IOException {
        if (dst.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    at(name) + "expected room for whole floats, got " + dst.remaining() + " bytes");
        }
        StoredTensor tensor = find(name, elementOffset, dst.remaining() / Float.BYTES);
        requireFloat(tensor.info());
        if (tensor.info().type() == StoredType.F32 && dst.order() == ByteOrder.LITTLE_ENDIAN) {
            readBytes(name, elementOffset, dst);
        } else {
            readFloats(name, elementOffset, dst.asFloatBuffer());
            dst.position(dst.limit());
        }
    }

    @Override
    public void readInts(String name, long elementOffset, IntBuffer dst) throws IOException {
        StoredTensor tensor = find(name, elementOffset, dst.remaining());
        StoredType type = requireInteger(tensor.info());
        convert(tensor, elementOffset, dst.remaining(), chunk -> {
            while (chunk.hasRemaining()) {
                long value = nextInteger(type, chunk);
                if (value != (int) value) {
                    throw file.error(
                            "tensor " + Excerpt.quote(name),
                            "values that fit 32 bits",
                            String.valueOf(value),
                            "read it with readLongs");
                }
                dst.put((int) value);
            }
        });
    }

    @Override
    public void readLongs(String name, long elementOffset, LongBuffer dst) throws IOException {
        StoredTensor tensor = find(name, elementOffset, dst.remaining());
        StoredType type = requireInteger(tensor.info());
        convert(tensor, elementOffset, dst.remaining(), chunk -> {
            while (chunk.hasRemaining()) {
                dst.put(nextInteger(type, chunk));
            }
        });
    }

    @Override
    public void readBytes(String name, long elementOffset, ByteBuffer dst) throws IOException {
        int width = info(name).type().bytes();
        if (dst.remaining() % width != 0) {
            throw new IllegalArgumentException(
                    at(name) + "expected room for whole elements of " + width + " bytes, got " + dst.remaining());
        }
        StoredTensor tensor = find(name, elementOffset, dst.remaining() / width);
        if (dst.hasRemaining()) {
            try (StoredTensor.ElementReader reader = reader(tensor)) {
                reader.read(elementOffset, dst);
            }
        }
    }

    @Override
    public boolean isContiguous(String name) {
        return find(name, 0, 0).strides() == null;
    }

    @Override
    public MappedTensor map(String name) throws IOException {
        StoredTensor tensor = find(name, 0, 0);
        if (tensor.strides() != null) {
            throw new IllegalArgumentException(at(name)
                    + "expected elements that lie in row-major order, got a strided view; read it with readFloats");
        }
        return new MappedTensor(
                tensor.info(),
                file.mapUntilClose(tensor.position(), tensor.info().byteSize()));
    }

    @Override
    public void close() throws IOException {
        if (ownsFile) {
            file.close();
        }
    }

    @Override
    public String toString() {
        return description + " (" + tensors.size() + " tensors)";
    }

    private interface ChunkSink {
        void accept(ByteBuffer chunk) throws IOException;
    }

    private void convert(StoredTensor tensor, long elementOffset, int count, ChunkSink sink) throws IOException {
        if (count == 0) {
            return;
        }
        int width = tensor.info().type().bytes();
        ByteBuffer chunk = file.borrow();
        try (StoredTensor.ElementReader reader = reader(tensor)) {
            int step = chunk.capacity() / width;
            for (long done = 0; done < count; done += step) {
                chunk.clear().limit((int) Math.min(step, count - done) * width);
                reader.read(elementOffset + done, chunk);
                sink.accept(chunk.flip());
            }
        } finally {
            file.giveBack(chunk);
        }
    }

    private StoredTensor.ElementReader reader(StoredTensor tensor) throws IOException {
        StoredTensor.ElementReader plain = tensor.reader(file);
        if (sums == null) {
            return plain;
        }
        Checksums check = sums; // safetensors: no strides, and nothing to close
        int width = tensor.info().type().bytes();
        return (element, dst) -> {
            ByteBuffer read = dst.duplicate();
            plain.read(element, dst);
            check.passed(tensor.info(), element * width, read.limit(dst.position()));
        };
    }

    /**
     * Reads every tensor, so that all are compared.
     *
     * @return whether there is anything to compare with
     */
    boolean verify() throws IOException {
        if (sums == null) {
            return false;
        }
        ByteBuffer chunk = file.borrow();
        try {
            for (TensorInfo info : tensors.values()) {
                int width = info.type().bytes();
                long step = chunk.capacity() / width;
                for (long done = 0; done < info.elements(); done += step) {
                    chunk.clear().limit((int) Math.min(step, info.elements() - done) * width);
                    readBytes(info.name(), done, chunk);
                }
            }
        } finally {
            file.giveBack(chunk);
        }
        return true;
    }

    private static long nextInteger(StoredType type, ByteBuffer chunk) {
        return switch (type) {
            case I64 -> chunk.getLong();
            case I32 -> chunk.getInt();
            case I16 -> chunk.getShort();
            case I8 -> chunk.get();
            case BOOL -> chunk.get() == 0 ? 0 : 1;
            default -> chunk.get() & 0xff;
        };
    }

    private StoredTensor find(String name, long elementOffset, long count) {
        TensorInfo info = info(name);
        if (elementOffset < 0 || elementOffset > info.elements() - count) {
            throw new IllegalArgumentException(at(name) + "expected a range within its " + info.elements()
                    + " elements, got " + count + " from " + elementOffset);
        }
        return Objects.requireNonNull(stored.get(name));
    }

    private void requireFloat(TensorInfo info) {
        if (!info.type().isFloat()) {
            throw new IllegalArgumentException(at(info.name()) + "expected a float type, got " + info.type()
                    + "; read it with readInts or readLongs");
        }
    }

    private StoredType requireInteger(TensorInfo info) {
        if (info.type().isFloat()) {
            throw new IllegalArgumentException(
                    at(info.name()) + "expected an integer type, got " + info.type() + "; read it with readFloats");
        }
        return info.type();
    }

    private String at(String name) {
        return description + ": tensor " + Excerpt.quote(name) + ": ";
    }
}
