package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
