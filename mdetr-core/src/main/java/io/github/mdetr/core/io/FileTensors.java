package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tensors of a checkpoint, or of one section of it: what all formats' readers come down to. */
final class FileTensors implements TensorSource {
    private final @Nullable CheckpointFile owned;
    private final String description;
    private final Map<String, StoredTensor> stored;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;

    FileTensors(
            @Nullable CheckpointFile owned,
            String description,
            Map<String, StoredTensor> stored,
            Map<String, String> metadata) {
        this.owned = owned;
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
                    throw tensor.file()
                            .error(
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
            try (StoredTensor.ElementReader reader = tensor.reader()) {
                reader.read(elementOffset, dst);
            }
        }
    }

    @Override
    public boolean isContiguous(String name) {
        return find(name, 0, 0).isMappable();
    }

    @Override
    public MappedTensor map(String name) throws IOException {
        StoredTensor tensor = find(name, 0, 0);
        if (!tensor.isMappable()) {
            throw new IllegalArgumentException(at(name) + "expected elements that lie in row-major order, got a "
                    + (tensor.strides() != null ? "strided view" : "tensor within the pickle")
                    + "; read it with readFloats");
        }
        return new MappedTensor(
                tensor,
                tensor.file().mapUntilClose(tensor.position(), tensor.info().byteSize()));
    }

    @Override
    public void close() throws IOException {
        if (owned != null) {
            owned.close();
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
        CheckpointFile file = tensor.file();
        ByteBuffer chunk = file.borrow();
        try (StoredTensor.ElementReader reader = tensor.reader()) {
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

    @Override
    public boolean verify() throws IOException {
        return verify(stored.values());
    }

    /** The same of some tensors, of any files. */
    static boolean verify(Collection<StoredTensor> tensors) throws IOException {
        boolean any = false;
        for (StoredTensor tensor : tensors) {
            if (tensor.checksum() != null) {
                any = true;
                readAll(tensor);
            }
        }
        return any;
    }

    private static void readAll(StoredTensor tensor) throws IOException {
        int width = tensor.info().type().bytes();
        ByteBuffer chunk = tensor.file().borrow();
        try (StoredTensor.ElementReader reader = tensor.reader()) {
            long step = chunk.capacity() / width;
            for (long done = 0; done < tensor.info().elements(); done += step) {
                chunk.clear().limit((int) Math.min(step, tensor.info().elements() - done) * width);
                reader.read(done, chunk);
            }
        } finally {
            tensor.file().giveBack(chunk);
        }
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
