package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/**
 * A range of a file mapped read-only. A buffer ends at 2 GiB, so there is one for every {@link #STEP} bytes, each reaching
 * over the next, and any range of up to STEP bytes lies within one of them.
 */
final class MappedRegion implements AutoCloseable {
    static final long STEP = 1L << 30;

    private final MappedByteBuffer[] segments;
    private final Consumer<MappedRegion> onClose;
    private boolean closed;

    MappedRegion(FileChannel channel, long position, long length, Consumer<MappedRegion> onClose) throws IOException {
        this.onClose = onClose;
        segments = new MappedByteBuffer[(int) Math.max(1, (length + STEP - 1) / STEP)];
        for (int i = 0; i < segments.length; i++) {
            long from = i * STEP;
            try {
                segments[i] = channel.map(
                        FileChannel.MapMode.READ_ONLY, position + from, Math.min(length - from, Integer.MAX_VALUE));
            } catch (IOException | RuntimeException e) {
                release(i);
                throw e;
            }
            segments[i].order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    synchronized ByteBuffer slice(long offset, int length) {
        if (closed) {
            throw new IllegalStateException("mapped tensor is used after it was closed");
        }
        int index = (int) (offset / STEP);
        if (index == segments.length) {
            return ByteBuffer.allocateDirect(0);
        }
        return segments[index].slice((int) (offset % STEP), length);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            release(segments.length);
        }
        onClose.accept(this);
    }

    private void release(int count) {
        for (int i = 0; i < count; i++) {
            DirectMemory.free(segments[i]);
        }
    }
}
