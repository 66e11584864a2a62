package io.github.mdetr.core.tensor;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A block of a device's memory, counted by those who use it: tensors and views of them, and a tape that has saved one
 * for the gradient. When the last lets go the device takes the block back.
 *
 * <p>Bytes are those of the {@link DType} that was asked for, also where a device holds more of each element, and in the
 * machine's order. Nothing here gives out an address: reading and writing copy.
 */
public abstract class Storage {
    private final AtomicInteger references = new AtomicInteger(1);

    /** The device that owns this block. */
    public abstract Device device();

    /** Usable size in bytes. */
    public abstract long bytes();

    /** Copies {@code dst.remaining()} bytes from {@code offset} into {@code dst}, advancing it. */
    public abstract void read(long offset, ByteBuffer dst);

    /** Copies {@code src.remaining()} bytes to {@code offset}, advancing {@code src}. */
    public abstract void write(long offset, ByteBuffer src);

    /** Gives the memory back; called once, by the last {@link #release}. */
    protected abstract void free();

    /** True for weights that {@link Device device} has laid out for itself: only its own kernels read them. */
    public boolean isPacked() {
        return false;
    }

    final void retain() {
        if (references.getAndIncrement() <= 0) {
            references.decrementAndGet();
            throw new IllegalStateException("storage was freed: a closed tensor is used");
        }
    }

    final void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            free();
        } else if (left < 0) {
            throw new IllegalStateException("storage released more often than retained");
        }
    }

    /** Whether exactly one user is left, so that its owner may overwrite the block. */
    public final boolean isExclusive() {
        return references.get() == 1;
    }
}
