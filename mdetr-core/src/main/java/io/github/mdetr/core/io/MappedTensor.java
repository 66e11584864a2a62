package io.github.mdetr.core.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;

/**
 * A stored tensor's bytes mapped read-only into memory, of any size.
 *
 * <p>Closing it, or the file that it is of, unmaps: buffers that it gave out must not be used after that, for the memory
 * behind them is gone. Nor may anyone cut the file short: reading a buffer then is an {@link InternalError} of the virtual
 * machine. {@link TensorSource#readFloats} has no such rules.
 */
public final class MappedTensor implements AutoCloseable {
    private final StoredTensor tensor;
    private final TensorInfo info;
    private final MappedRegion region;

    MappedTensor(StoredTensor tensor, MappedRegion region) {
        this.tensor = tensor;
        this.info = tensor.info();
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
     * @throws UncheckedIOException where the file was cut short meanwhile
     */
    public ByteBuffer buffer(long byteOffset, int length) {
        if (byteOffset < 0 || length < 0 || length > MappedRegion.STEP || byteOffset > info.byteSize() - length) {
            throw new IllegalArgumentException(info + ": expected a range of at most " + MappedRegion.STEP
                    + " bytes within its " + info.byteSize() + ", got " + length + " at " + byteOffset);
        }
        try {
            tensor.file().requireBytes(tensor.position() + byteOffset, length);
        } catch (ClosedChannelException e) {
            throw new IllegalStateException("mapped tensor is used after its file was closed", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return region.slice(byteOffset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        region.close();
    }
}
