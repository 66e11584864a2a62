package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.Set;

/**
 * Stored tensors, read by name and position.
 *
 * <p>Every read takes elements in row-major order of the tensor's shape, however the file lays them out, and fills
 * {@code dst} from its position to its limit; a read beyond the tensor is an error. Reads are safe from several threads. A
 * read in an interrupted thread closes the file, as {@link java.nio.channels.FileChannel} does.
 *
 * <p>Errors: an unknown name, a type that the read does not fit, or a range outside the tensor is an
 * {@link IllegalArgumentException}; a file that turns out to be wrong is a {@link CheckpointFormatException}.
 */
public interface TensorSource extends AutoCloseable {

    /** What errors call it: the file, and the section of it. */
    String description();

    /** All tensors by name, in the file's order. */
    Map<String, TensorInfo> tensors();

    /** The file's string metadata ({@code __metadata__} of safetensors); empty where the format has none. */
    Map<String, String> metadata();

    /** The names, verbatim, in the file's order. */
    default Set<String> names() {
        return tensors().keySet();
    }

    /** Type and shape of a tensor that is there. */
    default TensorInfo info(String name) {
        TensorInfo info = tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(description() + ": no tensor " + Excerpt.quote(name) + " among its "
                    + tensors().size() + "; check names() first");
        }
        return info;
    }

    /** Reads any float type as float32: halves and bfloat16 widen exactly, doubles round to nearest. */
    void readFloats(String name, long elementOffset, FloatBuffer dst) throws IOException;

    /**
     * The same into bytes in the order of {@code dst}: for stored float32, a direct little-endian {@code dst} receives the
     * file's bytes without a copy between. Its remaining bytes must be a multiple of 4.
     */
    void readFloats(String name, long elementOffset, ByteBuffer dst) throws IOException;

    /** Reads any integer type or boolean; a stored value beyond 32 bits is a {@link CheckpointFormatException}. */
    void readInts(String name, long elementOffset, IntBuffer dst) throws IOException;

    /** Reads any integer type or boolean. */
    void readLongs(String name, long elementOffset, LongBuffer dst) throws IOException;

    /** Reads elements as stored, little-endian; the remaining bytes of {@code dst} must be a multiple of the element's. */
    void readBytes(String name, long elementOffset, ByteBuffer dst) throws IOException;

    /** Whether the file holds the tensor's elements in row-major order without gaps, so that {@link #map} can show them. */
    boolean isContiguous(String name);

    /**
     * Maps a contiguous tensor's bytes read-only into memory.
     *
     * @throws IllegalArgumentException where {@link #isContiguous} is false
     */
    MappedTensor map(String name) throws IOException;

    /**
     * Reads all tensors that have a checksum and compares them.
     *
     * @return whether there are any
     * @throws CheckpointFormatException naming the first that is not what was written
     */
    default boolean verify() throws IOException {
        return false;
    }

    /** Closes the file and unmaps what was mapped; on a section of a {@link Checkpoint}, closing that does. */
    @Override
    void close() throws IOException;
}
