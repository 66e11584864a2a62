package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergeTableTest {
    @Test
    void findsWhatAMapFinds() {
        int merges = 5000;
        MergeTable table = new MergeTable(merges);
        Map<List<Integer>, Integer> map = new HashMap<>();
        Random random = new Random(1);
        while (map.size() < merges) {
            List<Integer> pair = List.of(random.nextInt(200), random.nextInt(200));
            int rank = map.size();
            boolean isNew = map.putIfAbsent(pair, rank) == null;
            assertEquals(isNew, table.add(pair.get(0), pair.get(1), rank, 7 * rank));
        }
        for (int left = 0; left < 200; left++) {
            for (int right = 0; right < 200; right++) {
                Integer rank = map.get(List.of(left, right));
                long found = table.find(left, right);
                assertEquals(rank == null, found == MergeTable.NONE);
                if (rank != null) {
                    assertEquals(rank, MergeTable.rank(found));
                    assertEquals(7 * rank, MergeTable.result(found));
                }
            }
        }
    }

    /**
     * Merges that a multiplication by the golden ratio, a common way to mix, lays into two slots: with it they took half a
     * minute.
     */
    @Test
    void mergesChosenToLieTogetherTakeNoLonger() {
        int merges = 1 << 18;
        long golden = 0x9E3779B97F4A7C15L;
        long[] rights = new long[Vocabulary.MAX_SIZE];
        Map<Long, Integer> rightOf = new HashMap<>();
        for (int right = 0; right < rights.length; right++) {
            rights[right] = right * golden;
            rightOf.put(rights[right], right);
        }
        Arrays.sort(rights);
        int[] chosen = new int[merges];
        int close = 0;
        for (int left = 0; left < merges; left++) {
            long opposite = -((long) left << 32) * golden;
            int at = Arrays.binarySearch(rights, opposite);
            long nearest = rights[Math.min(rights.length - 1, Math.max(at, -at - 1))];
            chosen[left] = rightOf.get(nearest);
            close += (((long) left << 32 | chosen[left]) * golden) >>> 45 <= 1 ? 1 : 0;
        }
        assertTrue(close > merges * 0.9, close + " of the merges would lie together");
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            MergeTable table = new MergeTable(merges);
            for (int left = 0; left < merges; left++) {
                assertTrue(table.add(left, chosen[left], left, left));
            }
            for (int left = 0; left < merges; left++) {
                assertEquals(left, MergeTable.result(table.find(left, chosen[left])));
                assertEquals(MergeTable.NONE, table.find(left + merges, chosen[left]));
            }
        });
    }

    @Test
    void holdsTheLargestIdsAndNoMerges() {
        int last = Vocabulary.MAX_SIZE - 1;
        MergeTable table = new MergeTable(1);
        assertTrue(table.add(last, last, last, last));
        assertFalse(table.add(last, last, 0, 0));
        assertEquals(last, MergeTable.result(table.find(last, last)));
        assertEquals(MergeTable.NONE, new MergeTable(0).find(0, 0));
    }
}
