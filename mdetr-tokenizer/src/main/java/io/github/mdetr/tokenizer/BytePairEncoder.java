package io.github.mdetr.tokenizer;

/**
 * Byte-pair encoding of one piece of text: beginning with its bytes, the earliest-learned merge among all neighbours is
 * applied, the leftmost first, until none is left.
 *
 * <p>Source: Sennrich et al., <i>Neural Machine Translation of Rare Words with Subword Units</i> (2016), algorithm 1.
 */
final class BytePairEncoder {
    /** Up to this many bytes it is quickest to look through all pairs for each merge; beyond, that would be quadratic. */
    static final int SHORT = 64;

    private final MergeTable merges;
    private final int[] byteIds;
    private final int[] lengths;

    /**
     * Makes an encoder.
     *
     * @param merges what joins to what
     * @param byteIds the token of each byte, [256]
     * @param lengths how many bytes each token spells, by id
     */
    BytePairEncoder(MergeTable merges, int[] byteIds, int[] lengths) {
        this.merges = merges;
        this.byteIds = byteIds;
        this.lengths = lengths;
    }

    /** Adds the tokens of the piece [from, to) of a text to {@code out}. */
    void encode(byte[] utf8, int from, int to, Scratch scratch, TokenBuffer out) {
        int count = to - from;
        if (count == 1) {
            out.add(byteIds[utf8[from] & 0xFF], from, to);
            return;
        }
        if (count > SHORT) {
            new LongPiece(merges, bytesOf(utf8, from, new int[count], count)).encode(lengths, from, out);
            return;
        }
        int[] ids = bytesOf(utf8, from, scratch.ids, count);
        count = mergeShort(ids, scratch.pairs, count);
        int start = from;
        for (int i = 0; i < count; i++) {
            int end = start + lengths[ids[i]];
            out.add(ids[i], start, end);
            start = end;
        }
    }

    private int[] bytesOf(byte[] utf8, int from, int[] ids, int count) {
        for (int i = 0; i < count; i++) {
            ids[i] = byteIds[utf8[from + i] & 0xFF];
        }
        return ids;
    }

    /** Merges in place and returns how many tokens are left. {@code pairs[i]} is the merge of tokens i and i + 1. */
    private int mergeShort(int[] ids, long[] pairs, int count) {
        int last = count - 1;
        for (int i = 0; i < last; i++) {
            pairs[i] = merges.find(ids[i], ids[i + 1]);
        }
        while (last > 0) {
            long best = MergeTable.NONE;
            int at = 0;
            for (int i = 0; i < last; i++) {
                if (pairs[i] < best) {
                    best = pairs[i];
                    at = i;
                }
            }
            if (best == MergeTable.NONE) {
                break;
            }
            ids[at] = MergeTable.result(best);
            for (int i = at + 1; i < last; i++) {
                ids[i] = ids[i + 1];
                pairs[i - 1] = pairs[i];
            }
            last--;
            if (at < last) {
                pairs[at] = merges.find(ids[at], ids[at + 1]);
            }
            if (at > 0) {
                pairs[at - 1] = merges.find(ids[at - 1], ids[at]);
            }
        }
        return last + 1;
    }

    /** Working space for short pieces, one per text that is being encoded. */
    static final class Scratch {
        final int[] ids = new int[SHORT];
        final long[] pairs = new long[SHORT];
    }
}
