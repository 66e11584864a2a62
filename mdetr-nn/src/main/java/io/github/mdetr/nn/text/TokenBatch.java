package io.github.mdetr.nn.text;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;

/** Texts as token ids [B, T], padded to the longest, with their attention mask. Immutable. */
public final class TokenBatch {
    private final int[][] ids;
    private final int[][] attentionMask;

    /**
     * Copies.
     *
     * @param ids [B, T]
     * @param attentionMask [B, T], 1 on tokens and 0 on padding
     * @throws IllegalArgumentException when empty, ragged, or the two differ in shape
     */
    public TokenBatch(int[][] ids, int[][] attentionMask) {
        if (ids.length == 0 || ids[0].length == 0) {
            throw new IllegalArgumentException("tokens: expected at least one text of one token, got none");
        }
        if (attentionMask.length != ids.length) {
            throw new IllegalArgumentException(
                    "tokens: " + ids.length + " texts but " + attentionMask.length + " attention masks");
        }
        for (int b = 0; b < ids.length; b++) {
            if (ids[b].length != ids[0].length || attentionMask[b].length != ids[0].length) {
                throw new IllegalArgumentException("tokens: text " + b + " has " + ids[b].length + " ids and "
                        + attentionMask[b].length + " mask values, text 0 has " + ids[0].length
                        + " ids; pad all to one length");
            }
        }
        this.ids = copy(ids);
        this.attentionMask = copy(attentionMask);
    }

    private static int[][] copy(int[][] rows) {
        return Arrays.stream(rows).map(int[]::clone).toArray(int[][]::new);
    }

    /** The id of token {@code t} of text {@code b}. */
    public int id(int b, int t) {
        return ids[b][t];
    }

    /** B, the number of texts. */
    public int count() {
        return ids.length;
    }

    /** T, tokens of each text with its padding. */
    public int length() {
        return ids[0].length;
    }

    /** The ids as a tensor [B, T]. */
    Tensor idTensor() {
        return flat(ids);
    }

    /** Positions [B, T]: those of tokens count from 2, padding stays at 1. By the id, as in the published encoder. */
    Tensor positionTensor() {
        int[][] positions = new int[count()][length()];
        for (int b = 0; b < count(); b++) {
            int seen = 0;
            for (int t = 0; t < length(); t++) {
                boolean padding = ids[b][t] == RobertaConfig.PADDING;
                seen += padding ? 0 : 1;
                positions[b][t] = RobertaConfig.PADDING + (padding ? 0 : seen);
            }
        }
        return flat(positions);
    }

    /** The mask [B, T] as attention takes it: true on padding. */
    public Tensor paddingMask() {
        boolean[] mask = new boolean[count() * length()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = attentionMask[i / length()][i % length()] == 0;
        }
        return Tensor.of(mask, Shape.of(count(), length()));
    }

    /** Whether the other has the same ids and mask. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TokenBatch t
                && Arrays.deepEquals(ids, t.ids)
                && Arrays.deepEquals(attentionMask, t.attentionMask);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(ids) + Arrays.deepHashCode(attentionMask);
    }

    private static Tensor flat(int[][] values) {
        int[] all = new int[values.length * values[0].length];
        for (int b = 0; b < values.length; b++) {
            System.arraycopy(values[b], 0, all, b * values[b].length, values[b].length);
        }
        return Tensor.of(all, Shape.of(values.length, values[0].length));
    }
}
