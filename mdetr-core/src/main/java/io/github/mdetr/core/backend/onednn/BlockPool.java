package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory in large slabs, handed out in blocks: best fit, neighbours joined when freed, so that predictions of
 * ever new sizes reuse the same memory. Fresh memory costs a page fault for every 4 KiB, which is why it is kept. A slab
 * that is wholly free goes back to the system when more than {@link #SPARE} is free.
 */
class BlockPool {
    /** A block in use or free. */
    static final class Block implements Comparable<Block> {
        final Slab slab;
        final long address;
        long size;
        boolean free;

        Block(Slab slab, long address, long size) {
            this.slab = slab;
            this.address = address;
            this.size = size;
        }

        @Override
        public int compareTo(Block o) {
            return size != o.size ? Long.compare(size, o.size) : Long.compareUnsigned(address, o.address);
        }
    }

    private static final class Slab {
        final Pointer memory;
        final long size;
        final TreeMap<Long, Block> blocks = new TreeMap<>();

        Slab(Pointer memory, long size) {
            this.memory = memory;
            this.size = size;
        }
    }

    private static final long ALIGNMENT = 64; // a cache line, and the widest vector
    private static final long SLAB = 64L << 20;
    private static final long SPARE = 512L << 20;

    private final TreeSet<Block> free = new TreeSet<>();
    private final long cap;
    private long live;
    private long peak;
    private long reserved;
    private long blocks;

    BlockPool(long cap) {
        this.cap = cap;
    }

    synchronized Block allocate(long bytes) {
        long size = Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));
        Block b = bestFit(size);
        if (b == null) {
            grow(size);
            b = bestFit(size);
        }
        if (b == null) {
            throw new IllegalStateException("memory pool: no block of " + size + " bytes after growing");
        }
        free.remove(b);
        if (b.size > size) {
            Block rest = new Block(b.slab, b.address + size, b.size - size);
            rest.free = true;
            b.slab.blocks.put(rest.address, rest);
            free.add(rest);
            b.size = size;
        }
        b.free = false;
        live += size;
        peak = Math.max(peak, live);
        blocks++;
        return b;
    }

    private @Nullable Block bestFit(long size) {
        return free.ceiling(new Block(NO_SLAB, 0, size));
    }

    private static final Slab NO_SLAB = new Slab(new Pointer(), 0);

    private void grow(long size) {
        long room = cap - reserved;
        if (size + ALIGNMENT > room) {
            trim(0);
            room = cap - reserved;
        }
        long slab = Math.max(SLAB, roundUp(size + ALIGNMENT, 2L << 20));
        if (slab > room) {
            slab = size + ALIGNMENT;
        }
        if (slab > room) {
            throw new OutOfTensorMemoryException(
                    "out of tensor memory: " + MemoryCap.amount(size) + " asked for, " + MemoryCap.amount(live)
                            + " in use, " + MemoryCap.amount(reserved) + " reserved, cap " + MemoryCap.amount(cap)
                            + "; close tensors, use a smaller image or batch, or raise -D" + MemoryCap.PROPERTY);
        }
        Pointer memory = Pointer.malloc(slab);
        if (memory == null || memory.isNull()) {
            throw new OutOfTensorMemoryException("out of memory: the system gave no " + MemoryCap.amount(slab) + "; "
                    + MemoryCap.amount(live) + " in use, cap " + MemoryCap.amount(cap));
        }
        Slab s = new Slab(memory, slab);
        long start = roundUp(memory.address(), ALIGNMENT);
        Block b = new Block(s, start, (memory.address() + slab - start) / ALIGNMENT * ALIGNMENT);
        b.free = true;
        s.blocks.put(b.address, b);
        free.add(b);
        reserved += slab;
    }

    synchronized void release(Block b) {
        if (b.free) {
            throw new IllegalStateException("memory pool: block freed twice");
        }
        live -= b.size;
        blocks--;
        b.free = true;
        TreeMap<Long, Block> neighbours = b.slab.blocks;
        Map.Entry<Long, Block> next = neighbours.higherEntry(b.address);
        if (next != null && next.getValue().free) {
            free.remove(next.getValue());
            neighbours.remove(next.getKey());
            b.size += next.getValue().size;
        }
        Map.Entry<Long, Block> before = neighbours.lowerEntry(b.address);
        if (before != null && before.getValue().free) {
            free.remove(before.getValue());
            neighbours.remove(b.address);
            before.getValue().size += b.size;
            b = before.getValue();
        }
        free.add(b);
        if (b.slab.blocks.size() == 1 && reserved - live > spare()) {
            trim(spare());
        }
    }

    /** What is free and stays: a training step, beside weights and moments, asks for as much again as the one before. */
    private long spare() {
        return Math.max(SPARE, live);
    }

    /** Gives wholly free slabs back until at most {@code spare} bytes are free. */
    private void trim(long spare) {
        for (Block b : free.descendingSet().toArray(new Block[0])) {
            if (reserved - live <= spare) {
                return;
            }
            if (b.slab.blocks.size() == 1) {
                free.remove(b);
                reserved -= b.slab.size;
                Pointer.free(b.slab.memory);
            }
        }
    }

    /** A block that counts as reserved, not as a user's: the scratch memory. */
    synchronized Block allocateHidden(long bytes) {
        long before = peak;
        Block b = allocate(bytes);
        live -= b.size;
        blocks--;
        peak = Math.max(before, live);
        return b;
    }

    synchronized void releaseHidden(Block b) {
        live += b.size;
        blocks++;
        release(b);
    }

    synchronized MemoryStats stats() {
        return new MemoryStats(live, peak, reserved, cap, blocks);
    }

    synchronized void resetPeak() {
        peak = live;
    }

    private static long roundUp(long n, long to) {
        return (n + to - 1) / to * to;
    }
}
