package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Gathers a strided tensor's elements (a transposed or sliced view in a PyTorch file). It reads pages of the file and keeps
 * them, rather than map them: a mapped file that is cut short by someone else takes an arbitrary instruction down with it,
 * while a read of it is an error like any other.
 */
final class StridedReader implements StoredTensor.ElementReader {
    private static final int PAGE_SHIFT = 12;
    private static final int PAGE = 1 << PAGE_SHIFT;

    /** All pages of any tensor of a model, so that each is read once; larger ones take turns. */
    private static final int MAX_PAGES = 1 << 16;

    private static final int MIN_PAGES = 1 << 4;
    private static final int MIN_BLOCK = 1 << 10; // elements in a row that are better read at once

    private final CheckpointFile file;
    private final StoredTensor tensor;
    private final int width;
    private final long[] shape;
    private final long[] strides;
    private final long bytes;
    private final ByteBuffer pages;
    private final ByteBuffer loading;
    private final long[] held;

    StridedReader(CheckpointFile file, StoredTensor tensor, long[] strides) {
        this.file = file;
        this.tensor = tensor;
        this.width = tensor.info().type().bytes();
        this.shape = tensor.info().shape();
        this.strides = strides;
        long last = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            last += (shape[axis] - 1) * strides[axis];
        }
        this.bytes = (last + 1) * width;
        this.pages = allocate((bytes + PAGE - 1) >>> PAGE_SHIFT).order(ByteOrder.LITTLE_ENDIAN);
        this.loading = pages.duplicate();
        this.held = new long[pages.capacity() >>> PAGE_SHIFT];
        Arrays.fill(held, -1);
    }

    private static ByteBuffer allocate(long wanted) {
        int count = (int) Math.min(MAX_PAGES, wanted);
        while (true) {
            try {
                return ByteBuffer.allocateDirect(count << PAGE_SHIFT);
            } catch (OutOfMemoryError e) { // of direct memory, which is limited by itself: fewer do too
                if (count <= MIN_PAGES) {
                    throw e;
                }
                count = Math.max(MIN_PAGES, count / 4);
            }
        }
    }

    /** Whose elements these are. */
    StoredTensor tensor() {
        return tensor;
    }

    @Override
    public void read(long element, ByteBuffer dst) throws IOException {
        ByteOrder order = dst.order();
        dst.order(ByteOrder.LITTLE_ENDIAN);
        int last = shape.length - 1;
        long[] index = new long[shape.length];
        long source = 0; // in elements
        long rest = element;
        for (int axis = last; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
            source += index[axis] * strides[axis];
        }
        while (dst.hasRemaining()) {
            int run = (int) Math.min(shape[last] - index[last], dst.remaining() / width);
            copyRun(source, run, strides[last], dst);
            index[last] += run;
            source += run * strides[last];
            for (int axis = last; axis > 0 && index[axis] == shape[axis]; axis--) {
                source += strides[axis - 1] - shape[axis] * strides[axis];
                index[axis] = 0;
                index[axis - 1]++;
            }
        }
        dst.order(order);
    }

    private void copyRun(long source, int count, long stride, ByteBuffer dst) throws IOException {
        if (stride == 1 && count >= MIN_BLOCK) {
            int limit = dst.limit();
            dst.limit(dst.position() + count * width);
            file.readFully(tensor.position() + source * width, dst);
            dst.limit(limit);
            return;
        }
        long at = source * width;
        long step = stride * width;
        for (int i = 0; i < count; i++, at += step) {
            int offset = locate(at);
            switch (width) {
                case 1 -> dst.put(pages.get(offset));
                case 2 -> dst.putShort(pages.getShort(offset));
                case 4 -> dst.putInt(pages.getInt(offset));
                default -> dst.putLong(pages.getLong(offset));
            }
        }
    }

    /** Where in the pages an element lies; none lies across two, for their size is a multiple of each width. */
    private int locate(long at) throws IOException {
        long page = at >>> PAGE_SHIFT;
        int slot = (int) (page % held.length);
        if (held[slot] != page) {
            load(page, slot);
        }
        return (slot << PAGE_SHIFT) + (int) (at & (PAGE - 1));
    }

    private void load(long page, int slot) throws IOException {
        held[slot] = -1;
        int from = slot << PAGE_SHIFT;
        long start = page << PAGE_SHIFT;
        loading.clear().limit(from + (int) Math.min(PAGE, bytes - start)).position(from);
        file.readFully(tensor.position() + start, loading);
        held[slot] = page;
    }

    /** Keeps the pages for the next range of the same tensor. */
    @Override
    public void close() {
        file.keep(this);
    }

    void free() {
        DirectMemory.free(pages);
    }
}
