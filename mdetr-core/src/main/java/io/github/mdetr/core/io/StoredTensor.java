package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a tensor's elements lie in the file; whoever makes one has checked that they lie within it.
 *
 * @param position of the first element, in bytes
 * @param strides in elements, one for each size of the shape, none negative; null where row-major without gaps
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record StoredTensor(TensorInfo info, long position, long @Nullable [] strides) {

    /** Reads elements in row-major order, one range after another. */
    interface ElementReader extends AutoCloseable {
        /** Fills {@code dst} (a multiple of the element's bytes) from that element on. */
        void read(long element, ByteBuffer dst) throws IOException;

        @Override
        default void close() {}
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

    ElementReader reader(CheckpointFile file) throws IOException {
        int width = info.type().bytes();
        if (strides == null) {
            return (element, dst) -> file.readFully(position + element * width, dst);
        }
        long last = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            last += (info.shape()[axis] - 1) * strides[axis];
        }
        return new StridedReader(info, strides, file.map(position, (last + 1) * width));
    }
}
