package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** A block of the pool, or memory that something else owns; packed weights say in which layout. */
final class OneDnnStorage extends Storage {
    private final OneDnnBackend backend;
    private BlockPool.@Nullable Block block;
    private final @Nullable Object owner;
    private long address;
    private long bytes;
    private @Nullable Layout layout;
    private final boolean hidden;

    private OneDnnStorage(
            OneDnnBackend backend,
            BlockPool.@Nullable Block block,
            @Nullable Object owner,
            long address,
            long bytes,
            @Nullable Layout layout,
            boolean hidden) {
        this.backend = backend;
        this.block = block;
        this.owner = owner;
        this.address = address;
        this.bytes = bytes;
        this.layout = layout;
        this.hidden = hidden;
    }

    static OneDnnStorage of(OneDnnBackend backend, BlockPool.Block block, long bytes) {
        return new OneDnnStorage(backend, block, null, block.address, bytes, null, false);
    }

    /** A block that counts as the backend's own. */
    static OneDnnStorage hidden(OneDnnBackend backend, BlockPool.Block block, long bytes) {
        return new OneDnnStorage(backend, block, null, block.address, bytes, null, true);
    }

    /** Weights in oneDNN's {@code layout}. */
    static OneDnnStorage packed(OneDnnBackend backend, BlockPool.Block block, long bytes, Layout layout) {
        return new OneDnnStorage(backend, block, null, block.address, bytes, layout, false);
    }

    /** Memory of {@code owner}, which is kept reachable as long as this storage is. */
    static OneDnnStorage borrowed(OneDnnBackend backend, Object owner, long address, long bytes) {
        return new OneDnnStorage(backend, null, owner, address, bytes, null, false);
    }

    long address() {
        return address;
    }

    /** What keeps borrowed memory alive; null for the pool's own. */
    @Nullable
    Object owner() {
        return owner;
    }

    @Nullable
    Layout layout() {
        return layout;
    }

    /**
     * Takes over the memory of {@code other}, a packed weight of the same values in another layout, and leaves it the
     * old one to free. On the native thread alone, as all use of packed weights is.
     */
    void exchange(OneDnnStorage other) {
        BlockPool.Block ownBlock = block;
        long ownAddress = address;
        long ownBytes = bytes;
        Layout ownLayout = layout;
        block = other.block;
        address = other.address;
        bytes = other.bytes;
        layout = other.layout;
        other.block = ownBlock;
        other.address = ownAddress;
        other.bytes = ownBytes;
        other.layout = ownLayout;
    }

    @Override
    public Device device() {
        return backend;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isPacked() {
        return layout != null;
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        check(offset, dst.remaining());
        dst.put(view(offset, dst.remaining()));
    }

    @Override
    public void write(long offset, ByteBuffer src) {
        check(offset, src.remaining());
        view(offset, src.remaining()).put(src);
    }

    private ByteBuffer view(long offset, long length) {
        return buffer(address + offset, length);
    }

    /**
     * The memory at {@code address} as a buffer in native order.
     *
     * @throws IllegalArgumentException beyond 2 GiB, which a buffer cannot hold
     */
    static ByteBuffer buffer(long address, long length) {
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "onednn: a tensor of " + length + " bytes, where this kernel takes at most " + Integer.MAX_VALUE
                            + "; use smaller images or batches");
        }
        return length == 0
                ? ByteBuffer.allocate(0)
                : new BytePointer(new Address(address))
                        .capacity(length)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder());
    }

    private void check(long offset, long length) {
        if (offset < 0 || offset + length > bytes) {
            throw new IndexOutOfBoundsException(
                    "storage of " + bytes + " bytes: [" + offset + ", " + (offset + length) + ") is outside");
        }
    }

    @Override
    protected void free() {
        if (block != null && hidden) {
            backend.pool().releaseHidden(block);
        } else if (block != null) {
            backend.pool().release(block);
        }
    }
}
