package io.github.mdetr.core.io;

import io.github.mdetr.core.number.FloatBits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a safetensors file of any size with little memory: the tensors are declared first, then their values are supplied
 * one after another, each in as many parts as the caller likes.
 *
 * <p>What is written is a temporary file in the same folder; {@link #commit} forces it to the disk and renames it, so that
 * an existing file is replaced as a whole or not at all. {@link #close} without commit removes it. The metadata hold a checksum
 * of each tensor and of the header, which are compared when the file is read. Not for several threads.
 *
 * <p>Errors: a full disk and the like are a {@link FileSystemException} that says so; a part that does not fit its tensor is
 * an {@link IllegalArgumentException}; a commit before all values came an {@link IllegalStateException}.
 */
public final class SafeTensorsWriter implements AutoCloseable {

    /** Names of the temporary files, as a pattern: what is left of a process that was killed while it wrote. */
    public static final String TEMPORARY = ".mdetr-*.tmp";

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final SafeTensorsLayout layout;
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, CRC32C> sums = new HashMap<>();
    private final ByteBuffer staging =
            ByteBuffer.allocateDirect(CheckpointFile.STAGING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private boolean open = true;

    /**
     * Begins a file.
     *
     * @param target the file to make or to replace
     * @param tensors all that it will hold, in the order in which readers shall list them
     * @param metadata string metadata
     * @throws FileSystemException where no file can be made, such as in a read-only folder, or {@code target} is no
     *     regular file but a device, a pipe or a directory
     * @throws IllegalArgumentException where names are reserved, too long or not distinct, or the header grows too large
     */
    public static SafeTensorsWriter create(Path target, List<TensorInfo> tensors, Map<String, String> metadata)
            throws IOException {
        SafeTensorsLayout layout = layout(target, tensors, metadata);
        // Behind a symbolic link the file itself is replaced, on its own disk.
        Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path folder = real.getParent();
        if (Files.isDirectory(real)) {
            throw cannotWrite(target, "is a directory; give the path of a file");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw cannotWrite(target, "its folder does not exist; give the path of a file");
        }
        if (Files.exists(real) && !Files.isRegularFile(real)) {
            // The rename would put a file in the place of a device or a pipe, for everybody on the machine.
            throw cannotWrite(target, "is a device or a pipe; give the path of a file");
        }
        requireSpace(target, folder, layout.fileSize());
        Path temporary = temporaryIn(folder);
        FileChannel channel;
        try {
            channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw cannotWrite(target, "its folder cannot be written to; give a place in another folder");
        }
        return new SafeTensorsWriter(real, temporary, channel, layout);
    }

    private static SafeTensorsLayout layout(Path target, List<TensorInfo> tensors, Map<String, String> metadata)
            throws IOException {
        try {
            return SafeTensorsLayout.of(tensors, metadata);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(target + ": cannot write a checkpoint: " + e.getMessage(), e);
        }
    }

    private static FileSystemException cannotWrite(Path target, String reason) {
        return new FileSystemException(target.toString(), null, "cannot write a checkpoint: " + reason);
    }

    SafeTensorsWriter(Path target, Path temporary, FileChannel channel, SafeTensorsLayout layout) throws IOException {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.layout = layout;
        try {
            writeFully(ByteBuffer.wrap(layout.head()), 0);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Supplies the next bytes of a tensor as stored, little-endian. */
    public void write(String name, ByteBuffer bytes) throws IOException {
        requireRoom(name, bytes.remaining());
        long position = layout.position(name) + written(name);
        written.merge(name, (long) bytes.remaining(), Long::sum);
        sum(name).update(bytes.duplicate());
        if (bytes.isDirect()) {
            writeFully(bytes, position);
            return;
        }
        while (bytes.hasRemaining()) {
            int count = Math.min(staging.capacity(), bytes.remaining());
            staging.clear().put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            writeFully(staging.flip(), position);
            position += count;
        }
    }

    /** Supplies the next values of a float tensor, rounded to nearest even where it is narrower than float32. */
    public void writeFloats(String name, FloatBuffer values) throws IOException {
        StoredType type = declared(name).type();
        if (!type.isFloat()) {
            throw new IllegalArgumentException(at(name) + "expected a float type to write floats to, got " + type);
        }
        requireRoom(name, (long) values.remaining() * type.bytes());
        while (values.hasRemaining()) {
            staging.clear();
            int count = Math.min(staging.capacity() / type.bytes(), values.remaining());
            for (int i = 0; i < count; i++) {
                float value = values.get();
                switch (type) {
                    case F64 -> staging.putDouble(value);
                    case F16 -> staging.putShort(FloatBits.toHalf(value));
                    case BF16 -> staging.putShort(FloatBits.toBfloat16(value));
                    default -> staging.putFloat(value);
                }
            }
            write(name, staging.flip());
        }
    }

    /** Supplies the next values of a tensor of type I32. */
    public void writeInts(String name, IntBuffer values) throws IOException {
        requireType(name, StoredType.I32);
        requireRoom(name, (long) values.remaining() * Integer.BYTES);
        while (values.hasRemaining()) {
            staging.clear();
            int count = Math.min(staging.capacity() / Integer.BYTES, values.remaining());
            for (int i = 0; i < count; i++) {
                staging.putInt(values.get());
            }
            write(name, staging.flip());
        }
    }

    /** Supplies the next values of a tensor of type I64. */
    public void writeLongs(String name, LongBuffer values) throws IOException {
        requireType(name, StoredType.I64);
        requireRoom(name, (long) values.remaining() * Long.BYTES);
        while (values.hasRemaining()) {
            staging.clear();
            int count = Math.min(staging.capacity() / Long.BYTES, values.remaining());
            for (int i = 0; i < count; i++) {
                staging.putLong(values.get());
            }
            write(name, staging.flip());
        }
    }

    /** Makes the file appear under its name; every declared tensor must be complete. */
    public void commit() throws IOException {
        commit(null);
    }

    /**
     * The same, and what had the name until then gets another, in the place of what has that one. Whenever the process dies,
     * one whole file is there.
     *
     * @param previous in the same folder
     */
    public void commitKeeping(Path previous) throws IOException {
        commit(previous);
    }

    private void commit(@Nullable Path previous) throws IOException {
        requireOpen();
        List<CRC32C> all = new ArrayList<>();
        for (TensorInfo info : layout.tensors()) {
            all.add(sum(info.name()));
            if (written(info.name()) != info.byteSize()) {
                throw new IllegalStateException(at(info.name()) + "expected " + info.byteSize()
                        + " bytes before commit, got " + written(info.name()));
            }
        }
        writeFully(ByteBuffer.wrap(layout.sealed(all)), 0);
        try {
            channel.force(true);
            channel.close();
            if (previous != null && Files.exists(target)) {
                keep(previous);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(e);
        }
        release();
        syncFolder();
    }

    /** Ends writing; what was not committed is removed, and an existing file stays as it was. */
    @Override
    public void close() throws IOException {
        if (open) {
            release();
            try {
                channel.close();
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** By a second name for it, so that it never is without one; by moving it where files have but one. */
    private void keep(Path previous) throws IOException {
        Path second = temporaryIn(target.resolveSibling("."));
        try {
            Files.createLink(second, target);
            Files.move(second, previous, StandardCopyOption.ATOMIC_MOVE);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.move(target, previous, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(second); // where both are names of one file already a move does nothing
        }
    }

    private static Path temporaryIn(Path folder) {
        return folder.resolve(TEMPORARY.replace("*", UUID.randomUUID().toString()));
    }

    private void release() {
        open = false;
        DirectMemory.free(staging);
    }

    private void syncFolder() {
        Path folder = target.getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException e) {
            // Some systems cannot open a folder; the file is complete all the same.
            return;
        }
    }

    private TensorInfo declared(String name) {
        requireOpen();
        TensorInfo info = layout.info(name);
        if (info == null) {
            throw new IllegalArgumentException(at(name) + "expected one that was declared, got another");
        }
        return info;
    }

    private void requireRoom(String name, long bytes) {
        long room = declared(name).byteSize() - written(name);
        if (bytes > room) {
            throw new IllegalArgumentException(at(name) + "expected at most " + room + " bytes more, got " + bytes);
        }
    }

    private long written(String name) {
        return written.getOrDefault(name, 0L);
    }

    private CRC32C sum(String name) {
        return sums.computeIfAbsent(name, n -> new CRC32C());
    }

    private void requireType(String name, StoredType type) {
        if (declared(name).type() != type) {
            throw new IllegalArgumentException(at(name) + "expected type " + type + ", got "
                    + declared(name).type());
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(target + ": the writer was committed or closed; create another");
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        try {
            for (long at = position; bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private FileSystemException failed(IOException cause) {
        FileSystemException failure = new FileSystemException(
                target.toString(),
                null,
                "cannot write the checkpoint: " + cause.getMessage()
                        + "; what was there before is unchanged; free space or choose another disk");
        failure.initCause(cause);
        return failure;
    }

    private static void requireSpace(Path target, Path folder, long size) throws IOException {
        long free;
        try {
            free = Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return; // unknown on some mounts; writing will tell
        }
        if (free < size) {
            throw new FileSystemException(
                    target.toString(),
                    null,
                    "cannot write the checkpoint: expected " + size + " bytes of free space, got " + free
                            + "; free space or choose another disk");
        }
    }

    private String at(String name) {
        return target + ": tensor " + Excerpt.quote(name) + ": ";
    }
}
