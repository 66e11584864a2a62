package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a tensor's elements lie; whoever makes one has checked that they lie there.
 *
 * @param file the file that holds them
 * @param position of the first element, in bytes from the beginning of the file, or of {@code data}
 * @param strides in elements, one for each size of the shape, none negative; null where row-major without gaps
 * @param data the bytes, where they were read with the pickle that holds them; then strides are null
 * @param checksum what the elements are compared with while they are read; null where the file has none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record StoredTensor(
        CheckpointFile file,
        TensorInfo info,
        long position,
        long @Nullable [] strides,
        byte @Nullable [] data,
        @Nullable TensorChecksum checksum) {

    /** Elements in a file. */
    StoredTensor(CheckpointFile file, TensorInfo info, long position, long @Nullable [] strides) {
        this(file, info, position, strides, null, null);
    }

    /** Reads elements in row-major order, one range after another. */
    interface ElementReader extends AutoCloseable {
        /** Fills {@code dst} (a multiple of the element's bytes) from that element on. */
        void read(long element, ByteBuffer dst) throws IOException;

        @Override
        default void close() {}
    }

    /** The same elements under another name. */
    StoredTensor named(String name) {
        return new StoredTensor(
                file, new TensorInfo(name, info.type(), info.shape()), position, strides, data, checksum);
    }

    /** The same elements, compared with a checksum while they are read. */
    StoredTensor checkedBy(TensorChecksum sum) {
        return new StoredTensor(file, info, position, strides, data, sum);
    }

    /** Whether its elements lie in the file in row-major order without gaps. */
    boolean isMappable() {
        return strides == null && data == null;
    }

    /** Null strides where these are row-major without gaps, that is where only sizes of 1 differ from it. */
    static long @Nullable [] contiguousAsNull(long[] shape, long[] strides) {
        long step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] == 0) {
                return null;
            }
            if (shape[axis] != 1 && strides[axis] != step) {
                return strides;
            }
            step *= shape[axis];
        }
        return null;
    }

    ElementReader reader() {
        ElementReader plain = unchecked();
        TensorChecksum sum = checksum;
        if (sum == null) {
            return plain;
        }
        int width = info.type().bytes();
        return (element, dst) -> { // safetensors: no strides, and nothing to close
            ByteBuffer read = dst.duplicate();
            plain.read(element, dst);
            sum.passed(element * width, read.limit(dst.position()));
        };
    }

    private ElementReader unchecked() {
        int width = info.type().bytes();
        if (data != null) {
            return (element, dst) -> {
                int count = dst.remaining();
                dst.put(data, Math.toIntExact(position + element * width), count);
            };
        }
        return strides == null
                ? (element, dst) -> file.readFully(position + element * width, dst)
                : file.strided(this, strides);
    }
}
