package io.github.mdetr.tokenizer;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The merges of a BPE vocabulary: which two neighbouring tokens join to which, and how early. A flat table with open
 * addressing, since a caption asks it some hundred times. Where a merge lies depends on two random numbers of the table's
 * own, so that no file can be made whose merges all lie together; what is found does not.
 */
final class MergeTable {
    /** What {@link #find} gives for two tokens that do not merge: later than any merge. */
    static final long NONE = Long.MAX_VALUE;

    private static final long EMPTY = -1;

    /** Left and right token of each merge, at most half full. Apart from the values: most look-ups find nothing. */
    private final long[] keys;

    /** Rank and result. */
    private final long[] values;

    private final int shift;
    private final long first;
    private final long second;

    MergeTable(int merges) {
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, merges)) + 1;
        keys = new long[1 << bits];
        values = new long[1 << bits];
        shift = Long.SIZE - bits;
        Arrays.fill(keys, EMPTY);
        SplittableRandom random = new SplittableRandom();
        first = random.nextLong() | 1; // odd: a multiplication loses nothing
        second = random.nextLong() | 1;
    }

    /** Adds a merge, and returns false (changing nothing) if the pair has one already. */
    boolean add(int left, int right, int rank, int result) {
        long key = pack(left, right);
        int i = slot(key);
        while (keys[i] != EMPTY) {
            if (keys[i] == key) {
                return false;
            }
            i = (i + 1) & (keys.length - 1);
        }
        keys[i] = key;
        values[i] = pack(rank, result);
        return true;
    }

    /** Returns the merge of two tokens, which {@link #result} reads; a smaller value merges earlier. */
    long find(int left, int right) {
        long key = pack(left, right);
        int i = slot(key);
        while (true) {
            long found = keys[i];
            if (found == key) {
                return values[i];
            }
            if (found == EMPTY) {
                return NONE;
            }
            i = (i + 1) & (keys.length - 1);
        }
    }

    /** Returns the rank of a merge found: 0 merges first. */
    static int rank(long merge) {
        return (int) (merge >>> 32);
    }

    /** Returns the token that a merge makes. */
    static int result(long merge) {
        return (int) merge;
    }

    private int slot(long key) {
        long mixed = key * first;
        return (int) (((mixed ^ mixed >>> 32) * second) >>> shift);
    }

    private static long pack(int high, int low) {
        return ((long) high << 32) | low;
    }
}
