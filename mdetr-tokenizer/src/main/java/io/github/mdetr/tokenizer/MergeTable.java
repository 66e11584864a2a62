package io.github.mdetr.tokenizer;

import java.util.Arrays;

/**
 * The merges of a BPE vocabulary: which two neighbouring tokens join to which, and how early. A flat table with open
 * addressing, since a caption asks it some hundred times.
 */
final class MergeTable {
    /** What {@link #find} gives for two tokens that do not merge: later than any merge. */
    static final long NONE = Long.MAX_VALUE;

    private static final long EMPTY = -1;

    /** Pairs of (left, right) and (rank, result), each two ints in a long; at most half of them are taken. */
    private final long[] slots;

    private final int shift;

    MergeTable(int merges) {
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, merges)) + 1;
        slots = new long[2 << bits];
        shift = Long.SIZE - bits;
        Arrays.fill(slots, EMPTY);
    }

    /** Adds a merge, and returns false (changing nothing) if the pair has one already. */
    boolean add(int left, int right, int rank, int result) {
        long key = pack(left, right);
        int i = slot(key);
        while (slots[i] != EMPTY) {
            if (slots[i] == key) {
                return false;
            }
            i = (i + 2) & (slots.length - 1);
        }
        slots[i] = key;
        slots[i + 1] = pack(rank, result);
        return true;
    }

    /** Returns the merge of two tokens, which {@link #result} reads; a smaller value merges earlier. */
    long find(int left, int right) {
        long key = pack(left, right);
        int i = slot(key);
        while (true) {
            long found = slots[i];
            if (found == key) {
                return slots[i + 1];
            }
            if (found == EMPTY) {
                return NONE;
            }
            i = (i + 2) & (slots.length - 1);
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
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift) << 1;
    }

    private static long pack(int high, int low) {
        return ((long) high << 32) | low;
    }
}
