package io.github.mdetr.core.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

final class BlockPoolTest {
    private static final long MIB = 1 << 20;

    @Test
    void countsWhatIsAskedFor() {
        BlockPool pool = new BlockPool(64 * MIB);
        BlockPool.Block a = pool.take(DataType.FLOAT, 1000);
        BlockPool.Block b = pool.take(DataType.BOOL, 10);
        assertEquals(4010, pool.stats().live());
        assertEquals(2, pool.stats().blocks());
        assertTrue(pool.stats().reserved() >= 4010 && pool.stats().reserved() < 5000);
        pool.give(a);
        assertEquals(10, pool.stats().live());
        assertEquals(4010, pool.stats().peak());
        pool.resetPeak();
        assertEquals(10, pool.stats().peak());
        pool.give(b);
        assertEquals(0, pool.stats().live());
        assertEquals(0, pool.stats().blocks());
    }

    @Test
    void blocksOfNearlyTheSizeAreUsedAgain() {
        BlockPool pool = new BlockPool(64 * MIB);
        BlockPool.Block a = pool.take(DataType.FLOAT, 100_000);
        pool.give(a);
        BlockPool.Block near = pool.take(DataType.FLOAT, 99_000);
        assertSame(a, near);
        pool.give(near);
        assertNotSame(a, pool.take(DataType.FLOAT, 1000), "a small tensor must not hold a large block");
        assertNotSame(a, pool.take(DataType.INT32, 100_000));
    }

    @Test
    void capHoldsAndNothingIsLost() {
        BlockPool pool = new BlockPool(8 * MIB);
        BlockPool.Block kept = pool.take(DataType.FLOAT, MIB);
        MemoryStats before = pool.stats();
        String message = assertThrows(OutOfTensorMemoryException.class, () -> pool.take(DataType.FLOAT, 3 * MIB / 2))
                .getMessage();
        assertEquals(
                "nd4j: 6 MiB asked for, 4 MiB in use, cap 8 MiB: close tensors, use smaller images or batches, or raise"
                        + " -Dmdetr.memory.cap",
                message);
        assertEquals(before, pool.stats());
        assertThrows(OutOfTensorMemoryException.class, () -> pool.take(DataType.FLOAT, Long.MAX_VALUE / 2));
        BlockPool.Block rest = pool.take(DataType.FLOAT, MIB);
        assertEquals(8 * MIB, pool.stats().live(), "exactly the cap fits");
        pool.give(kept);
        pool.give(rest);
        pool.give(pool.take(DataType.INT32, 2 * MIB)); // what is unused makes room
        assertEquals(8 * MIB, pool.stats().peak());
    }

    /** Sizes as of images that are never alike: what is kept stays near what was in use at once. */
    @Test
    void keptMemoryIsBounded() {
        BlockPool pool = new BlockPool(2048 * MIB);
        SplittableRandom random = new SplittableRandom(7);
        for (int image = 0; image < 60; image++) {
            List<BlockPool.Block> used = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                used.add(pool.take(DataType.FLOAT, 1 + random.nextInt(1 << 20)));
            }
            used.forEach(pool::give);
        }
        MemoryStats s = pool.stats();
        assertTrue(s.reserved() <= s.peak() * 5 / 4 * 9 / 8 + 64 * MIB, s::toString);
        assertEquals(0, s.blocks());
    }

    @Test
    void sizesHaveEightStepsBetweenPowersOfTwo() {
        for (long n = 1; n < 100_000; n += 37) {
            long r = BlockPool.rounded(n);
            assertTrue(r >= n && (r <= n + n / 8 || r == 64), n + " → " + r);
        }
        assertEquals(1L << 40, BlockPool.rounded(1L << 40));
    }
}
