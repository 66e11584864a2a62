package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays kept for reuse: ND4J takes milliseconds to allocate megabytes. Sizes are rounded up to eight steps between
 * powers of two, so that images of ever new sizes meet the same blocks. What is kept unused is bounded by what was ever
 * in use at once; the least recently used goes first.
 */
class BlockPool {
    /** A one-dimensional array and how many bytes of it were asked for. */
    static final class Block {
        final INDArray array;
        private final Key key;
        private final long bytes;
        private long used;

        private Block(INDArray array, Key key) {
            this.array = array;
            this.key = key;
            this.bytes = key.elements * key.type.width();
        }
    }

    private record Key(DataType type, long elements, long serial) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::type).thenComparingLong(Key::elements).thenComparingLong(Key::serial);

        @Override
        public int compareTo(Key o) {
            return ORDER.compare(this, o);
        }
    }

    /** Kept beyond what was ever in use: the figure that one more image of another size needs. */
    private static final long SLACK = 64L << 20;

    private final long cap;
    private final TreeMap<Key, Block> bySize = new TreeMap<>();
    private final LinkedHashSet<Block> byAge = new LinkedHashSet<>();
    private long made;
    private long live;
    private long peak;
    private long reserved;
    private long unused;
    private long mostInUse;
    private long blocks;

    BlockPool(long cap) {
        this.cap = cap;
    }

    /** A block of at least {@code elements}. */
    synchronized Block take(DataType type, long elements) {
        long rounded = rounded(elements);
        Block b = reusable(type, rounded);
        if (b == null) {
            b = fresh(type, elements, rounded);
        } else {
            bySize.remove(b.key);
            byAge.remove(b);
            unused -= b.bytes;
        }
        b.used = elements * type.width();
        live += b.used;
        peak = Math.max(peak, live);
        blocks++;
        mostInUse = Math.max(mostInUse, reserved - unused);
        evict(Math.min(cap, mostInUse + mostInUse / 4 + SLACK));
        return b;
    }

    /** The smallest unused block that holds them and is not much larger. */
    private @Nullable Block reusable(DataType type, long elements) {
        Map.Entry<Key, Block> e = bySize.ceilingEntry(new Key(type, elements, 0));
        return e != null && e.getKey().type() == type && e.getKey().elements() <= elements + elements / 4
                ? e.getValue()
                : null;
    }

    private Block fresh(DataType type, long elements, long rounded) {
        long exact = elements * type.width();
        evict(cap - rounded * type.width());
        long n = reserved + rounded * type.width() <= cap ? rounded : Math.max(1, elements);
        if (exact < 0 || exact > cap || reserved + n * type.width() > cap) {
            throw new OutOfTensorMemoryException(
                    "nd4j: " + MemoryCap.amount(exact) + " asked for, " + MemoryCap.amount(reserved - unused)
                            + " in use, cap " + MemoryCap.amount(cap)
                            + ": close tensors, use smaller images or batches, or raise -D"
                            + MemoryCap.PROPERTY);
        }
        Block b = new Block(allocated(type, n), new Key(type, n, made++));
        reserved += b.bytes;
        return b;
    }

    private INDArray allocated(DataType type, long n) {
        try {
            return Nd4j.createUninitializedDetached(type, n);
        } catch (RuntimeException | OutOfMemoryError e) {
            evict(0);
        }
        try {
            return Nd4j.createUninitializedDetached(type, n);
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new OutOfTensorMemoryException("nd4j: the system gave no " + MemoryCap.amount(n * type.width())
                    + " for a tensor (" + e.getMessage() + "); " + MemoryCap.amount(reserved - unused) + " in use, cap "
                    + MemoryCap.amount(cap));
        }
    }

    /** Takes a block back. It is kept; what is too much goes at the next {@link #take}, on the thread that computes. */
    synchronized void give(Block b) {
        live -= b.used;
        blocks--;
        unused += b.bytes;
        bySize.put(b.key, b);
        byAge.add(b);
    }

    private void evict(long target) {
        Iterator<Block> oldest = byAge.iterator();
        while (reserved > target && oldest.hasNext()) {
            Block b = oldest.next();
            oldest.remove();
            bySize.remove(b.key);
            unused -= b.bytes;
            reserved -= b.bytes;
            b.array.close();
        }
    }

    static long rounded(long elements) {
        long n = Math.max(64, elements);
        long step = Long.highestOneBit(n) >> 3;
        return (n + step - 1) / step * step;
    }

    synchronized MemoryStats stats() {
        return new MemoryStats(live, peak, reserved, cap, blocks);
    }

    synchronized void resetPeak() {
        peak = live;
    }
}
