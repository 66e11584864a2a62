package io.github.mdetr.tokenizer;

import java.util.Arrays;

/**
 * Merges one long piece in time n log n: tokens in a linked list, and a heap of the merges that its neighbours offer,
 * earliest-learned and then leftmost first. A merge whose tokens have changed since is dropped when it comes up.
 */
final class LongPiece {
    private static final int NO_NEIGHBOUR = -1;

    private final MergeTable merges;
    private final int[] ids;
    private final int[] next;
    private final int[] previous;
    private long[] heap;
    private int heapSize;

    /** Takes the piece's bytes as tokens; {@code ids} becomes the list's own. */
    LongPiece(MergeTable merges, int[] ids) {
        this.merges = merges;
        this.ids = ids;
        int count = ids.length;
        next = new int[count];
        previous = new int[count];
        heap = new long[count];
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : NO_NEIGHBOUR;
            previous[i] = i - 1;
            if (i + 1 < count) {
                long merge = merges.find(ids[i], ids[i + 1]);
                if (merge != MergeTable.NONE) {
                    heap[heapSize++] = entry(merge, i);
                }
            }
        }
        for (int i = heapSize / 2 - 1; i >= 0; i--) {
            siftDown(i, heap[i]);
        }
    }

    /** Merges, and adds the tokens to {@code out}, the first beginning at byte {@code from} of the text. */
    void encode(int[] lengths, int from, TokenBuffer out) {
        while (heapSize > 0) {
            long entry = pop();
            int left = (int) entry;
            int right = next[left];
            if (right == NO_NEIGHBOUR) {
                continue; // the last token, or one that was merged into the token before it
            }
            long merge = merges.find(ids[left], ids[right]);
            if (merge == MergeTable.NONE || MergeTable.rank(merge) != (int) (entry >>> 32)) {
                continue;
            }
            ids[left] = MergeTable.result(merge);
            int after = next[right];
            next[left] = after;
            next[right] = NO_NEIGHBOUR;
            if (after != NO_NEIGHBOUR) {
                previous[after] = left;
                offer(left, after);
            }
            if (previous[left] != NO_NEIGHBOUR) {
                offer(previous[left], left);
            }
        }
        int start = from;
        for (int i = 0; i != NO_NEIGHBOUR; i = next[i]) {
            int end = start + lengths[ids[i]];
            out.add(ids[i], start, end);
            start = end;
        }
    }

    private void offer(int left, int right) {
        long merge = merges.find(ids[left], ids[right]);
        if (merge == MergeTable.NONE) {
            return;
        }
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize + (heapSize >> 1) + 16);
        }
        long entry = entry(merge, left);
        int i = heapSize++;
        while (i > 0 && heap[(i - 1) >> 1] > entry) {
            heap[i] = heap[(i - 1) >> 1];
            i = (i - 1) >> 1;
        }
        heap[i] = entry;
    }

    private long pop() {
        long first = heap[0];
        long moved = heap[--heapSize];
        if (heapSize > 0) {
            siftDown(0, moved);
        }
        return first;
    }

    private void siftDown(int from, long entry) {
        int i = from;
        while (true) {
            int child = 2 * i + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= entry) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = entry;
    }

    private static long entry(long merge, int position) {
        return ((long) MergeTable.rank(merge) << 32) | position;
    }
}
