package io.github.mdetr.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Several texts as tokens, padded on the right to the longest of them, or further. Immutable. */
public final class BatchEncoding {
    private final List<Encoding> encodings;
    private final int padId;
    private final int length;

    BatchEncoding(List<Encoding> encodings, int padId) {
        this(
                List.copyOf(encodings),
                padId,
                encodings.stream().mapToInt(Encoding::length).max().orElse(0));
    }

    private BatchEncoding(List<Encoding> encodings, int padId, int length) {
        this.encodings = encodings;
        this.padId = padId;
        this.length = length;
    }

    /**
     * Returns the same texts padded further, to a length that many batches share: kernels are then prepared for few shapes.
     *
     * @throws IllegalArgumentException if the longest text has more tokens
     */
    public BatchEncoding paddedTo(int tokens) {
        if (tokens < length) {
            throw new IllegalArgumentException("cannot pad to " + tokens + " tokens: the longest text has " + length);
        }
        return new BatchEncoding(encodings, padId, tokens);
    }

    /** Returns the number of texts, B. */
    public int size() {
        return encodings.size();
    }

    /** Returns the number of tokens that each text is padded to, L. */
    public int length() {
        return length;
    }

    /** Returns a text's own encoding, without padding. */
    public Encoding get(int text) {
        return encodings.get(text);
    }

    /** Returns the texts' own encodings, without padding. */
    public List<Encoding> encodings() {
        return encodings;
    }

    /** Returns the ids, [B, L], with the id of {@code <pad>} after the end of the shorter texts. */
    public int[][] ids() {
        int[][] ids = new int[size()][length];
        for (int b = 0; b < ids.length; b++) {
            Encoding encoding = encodings.get(b);
            for (int t = 0; t < length; t++) {
                ids[b][t] = t < encoding.length() ? encoding.id(t) : padId;
            }
        }
        return ids;
    }

    /** Returns 1 on tokens and 0 on padding, [B, L]. */
    public int[][] attentionMask() {
        int[][] mask = new int[size()][length];
        for (int b = 0; b < mask.length; b++) {
            Arrays.fill(mask[b], 0, encodings.get(b).length(), 1);
        }
        return mask;
    }
}
