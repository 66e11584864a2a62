package io.github.mdetr.nn.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Which token positions belong to a phrase: the target of the soft-token loss (MDETR §2.2.1). A phrase is given as spans
 * [begin, end) of characters; a span covers tokens as {@link TokenPositions#covered} says, and one that covers none is
 * passed over. Tokens that no box can point to have no place in the map: {@link #clipped} tells the spans that have some.
 */
public final class PositiveMap {
    private PositiveMap() {}

    /** How much each token of a phrase counts. */
    public enum Kind {
        /** All tokens of a phrase together 1, as in the paper: long phrases count no more than short ones. */
        UNIFORM,
        /** Each token 1, as all published recipes train and match: a phrase's loss is the sum over its tokens. */
        BINARY
    }

    /** {@link #uniform} or {@link #binary}. */
    public static float[][] of(Kind kind, int[][] offsets, int[][][] phrases) {
        return switch (kind) {
            case UNIFORM -> uniform(offsets, phrases);
            case BINARY -> binary(offsets, phrases);
        };
    }

    /**
     * One row for each phrase, spread evenly over its tokens to the sum n/(n + 1e-6), n their number.
     *
     * @param offsets character span [T, 2] of each token, empty for special tokens
     * @param phrases the spans of each phrase [N, spans, 2], in the same units as the offsets
     * @return [N, 256]; the last column, "no object", is 0
     */
    public static float[][] uniform(int[][] offsets, int[][][] phrases) {
        float[][] map = binary(offsets, phrases);
        for (float[] row : map) {
            normalize(row);
        }
        return map;
    }

    /**
     * One row for each phrase, 1 on its tokens.
     *
     * @param offsets as for {@link #uniform}
     * @param phrases as for {@link #uniform}
     * @return [N, 256] of 0 and 1; the last column, "no object", is 0
     */
    public static float[][] binary(int[][] offsets, int[][][] phrases) {
        float[][] map = new float[phrases.length][TokenPositions.CLASSES];
        for (int i = 0; i < phrases.length; i++) {
            for (int[] span : phrases[i]) {
                mark(offsets, span, map[i]);
            }
        }
        return map;
    }

    /**
     * The spans with tokens that no box can point to, which the map leaves out; who makes targets should warn of them.
     *
     * @param offsets as for {@link #uniform}
     * @param phrases as for {@link #uniform}
     */
    public static List<ClippedSpan> clipped(int[][] offsets, int[][][] phrases) {
        List<ClippedSpan> clipped = new ArrayList<>();
        for (int[][] phrase : phrases) {
            for (int[] span : phrase) {
                TokenPositions.Range tokens = TokenPositions.covered(offsets, span[0], span[1]);
                if (tokens != null && tokens.isClipped()) {
                    clipped.add(new ClippedSpan(span[0], span[1], tokens.last()));
                }
            }
        }
        return clipped;
    }

    private static void mark(int[][] offsets, int[] span, float[] row) {
        TokenPositions.Range tokens = TokenPositions.covered(offsets, span[0], span[1]);
        if (tokens != null) {
            for (int t = tokens.first(); t < tokens.end(); t++) {
                row[t] = 1;
            }
        }
    }

    private static void normalize(float[] row) {
        float sum = 0;
        for (float v : row) {
            sum += v;
        }
        for (int t = 0; t < row.length; t++) {
            row[t] /= sum + 1e-6f;
        }
    }
}
