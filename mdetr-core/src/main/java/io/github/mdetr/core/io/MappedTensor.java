package io.github.mdetr.core.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stored tensor's bytes mapped read-only into memory, of any size.
 *
 * <p>Closing it, or the file that it is of, unmaps: buffers that it gave out must not be used after that, for the memory
 * behind them is gone. {@link TensorSource#readFloats} has no such rule.
 */
public final class MappedTensor implements AutoCloseable {
    private final TensorInfo info;
    private final MappedRegion region;

    MappedTensor(TensorInfo info, MappedRegion region) {
        this.info = info;
        this.region = region;
    }

    /** Name, type and shape. */
    public TensorInfo info() {
        return info;
    }

    /**
     * A little-endian view of part of the bytes.
     *
     * @param byteOffset first byte, within the tensor
     * @param length number of bytes, at most 2^30
     * @throws IllegalStateException once closed
     */
    public ByteBuffer buffer(long byteOffset, int length) {
        if (byteOffset < 0 || length < 0 || length > MappedRegion.STEP || byteOffset > info.byteSize() - length) {
            throw new IllegalArgumentException(info + ": expected a range of at most " + MappedRegion.STEP
                    + " bytes within its " + info.byteSize() + ", got " + length + " at " + byteOffset);
        }
        return region.slice(byteOffset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        region.close();
    }
}
