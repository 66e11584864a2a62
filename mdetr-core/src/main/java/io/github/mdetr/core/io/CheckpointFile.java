package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An open checkpoint: positional reads of its bytes, staging buffers for conversions, mappings. Safe for threads. */
final class CheckpointFile implements AutoCloseable {
    /** Conversions go through buffers of this size: they stay in the second-level cache. A multiple of every element. */
    static final int STAGING_BYTES = 1 << 18;

    private static final String RETRY = "give the path of a .safetensors or .pth file";

    private final Path path;
    private final FileChannel channel;
    private final long base;
    private final long size;
    private final ConcurrentLinkedQueue<ByteBuffer> staging = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable StridedReader> strided = new AtomicReference<>();
    private final Set<MappedRegion> mapped = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private CheckpointFile(Path path, FileChannel channel, long base, long size) {
        this.path = path;
        this.channel = channel;
        this.base = base;
        this.size = size;
    }

    /** A file of other content that errors call {@code path}; closing this closes it. */
    static CheckpointFile of(Path path, FileChannel channel) throws IOException {
        return new CheckpointFile(path, channel, 0, channel.size());
    }

    /** A range of it as a file of its own, which takes its place: this one is not used any more. */
    CheckpointFile within(long position, long length) {
        freeBuffers();
        return new CheckpointFile(path, channel, base + position, length);
    }

    static CheckpointFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new CheckpointFormatException(path, "checkpoint", "a file", "nothing at this path", RETRY);
        }
        if (!Files.isRegularFile(path)) {
            String got = Files.isDirectory(path)
                    ? "a directory without an index such as " + ShardIndex.SAFETENSORS
                    : "something that is not a regular file";
            throw new CheckpointFormatException(path, "checkpoint", "a file", got, RETRY);
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (AccessDeniedException e) {
            throw new CheckpointFormatException(
                    path, "checkpoint", "a readable file", "access denied", "check its permissions");
        }
        try {
            return of(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    CheckpointFormatException error(String where, String expected, String got, String fix) {
        return new CheckpointFormatException(path, where, expected, got, fix);
    }

    /** Fills {@code dst} from the file's bytes at {@code position}; a direct {@code dst} receives them without a copy. */
    void readFully(long position, ByteBuffer dst) throws IOException {
        if (dst.isDirect()) {
            readDirect(position, dst);
            return;
        }
        // The channel would stage a heap buffer in a direct one of the same size, and keep that for the thread's life.
        ByteBuffer chunk = borrow();
        try {
            for (long at = position; dst.hasRemaining(); ) {
                chunk.clear().limit(Math.min(chunk.capacity(), dst.remaining()));
                readDirect(at, chunk);
                at += chunk.position();
                dst.put(chunk.flip());
            }
        } finally {
            giveBack(chunk);
        }
    }

    private void readDirect(long position, ByteBuffer dst) throws IOException {
        for (long at = position; dst.hasRemaining(); ) {
            int count = channel.read(dst, base + at);
            if (count < 0) {
                throw cutShort(at, dst.remaining());
            }
            at += count;
        }
    }

    byte[] readBytes(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        readFully(position, ByteBuffer.wrap(bytes));
        return bytes;
    }

    ByteBuffer littleEndian(long position, int length) throws IOException {
        return ByteBuffer.wrap(readBytes(position, length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A direct little-endian buffer of {@link #STAGING_BYTES}, to be given back. */
    ByteBuffer borrow() {
        ByteBuffer buffer = staging.poll();
        return buffer != null
                ? buffer.clear()
                : ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    void giveBack(ByteBuffer buffer) {
        staging.add(buffer);
        if (closed) {
            freeBuffers();
        }
    }

    /** Reads strided elements; the reader of the tensor that was read last goes on with the pages that it has. */
    StridedReader strided(StoredTensor tensor, long[] strides) {
        StridedReader last = strided.getAndSet(null);
        if (last != null && last.tensor().equals(tensor)) {
            return last;
        }
        if (last != null) {
            last.free();
        }
        return new StridedReader(this, tensor, strides);
    }

    /** Keeps a reader for the next range. */
    void keep(StridedReader reader) {
        StridedReader other = strided.getAndSet(reader);
        if (other != null) {
            other.free();
        }
        if (closed) {
            freeBuffers();
        }
    }

    /** Maps for the caller, until it or {@link #close} unmaps. */
    MappedRegion mapUntilClose(long position, long length) throws IOException {
        requireBytes(position, length);
        MappedRegion region = new MappedRegion(channel, base + position, length, mapped::remove);
        mapped.add(region);
        return region;
    }

    /** An error where someone has cut the file short since it was opened. */
    void requireBytes(long position, long length) throws IOException {
        long there = channel.size() - base;
        if (position + length > there) {
            throw cutShort(Math.max(0, there), position + length - Math.max(position, there));
        }
    }

    private CheckpointFormatException cutShort(long position, long missing) {
        return error(
                "byte " + position,
                missing + " more bytes",
                "the end of the file",
                "it is cut short or was changed while open; copy it again");
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            mapped.forEach(MappedRegion::close);
            freeBuffers();
        } finally {
            channel.close();
        }
    }

    private void freeBuffers() {
        StridedReader reader = strided.getAndSet(null);
        if (reader != null) {
            reader.free();
        }
        for (ByteBuffer buffer = staging.poll(); buffer != null; buffer = staging.poll()) {
            DirectMemory.free(buffer);
        }
    }
}
