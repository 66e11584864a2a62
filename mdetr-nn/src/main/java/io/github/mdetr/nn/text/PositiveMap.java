package io.github.mdetr.nn.text;

/**
 * Which token positions belong to a phrase: the target of the soft-token loss (MDETR §2.2.1). A phrase is given as spans
 * [begin, end) of characters; a span covers the tokens from that of its first character to that of its last. Where the
 * first character lies on no token the next two are tried, where the last does the two before; failing that the span is
 * passed over.
 */
public final class PositiveMap {
    /** Positions of the map; the last stands for "no object". */
    public static final int POSITIONS = 256;

    private static final int TRIES = 3;

    private PositiveMap() {}

    /**
     * One row for each phrase, spread evenly over its tokens to the sum n/(n + 1e-6), n their number.
     *
     * @param offsets character span [T, 2] of each token, empty for special tokens
     * @param phrases the spans of each phrase [N, spans, 2], in the same units as the offsets
     * @return [N, 256]
     */
    public static float[][] uniform(int[][] offsets, int[][][] phrases) {
        float[][] map = new float[phrases.length][POSITIONS];
        for (int i = 0; i < phrases.length; i++) {
            for (int[] span : phrases[i]) {
                mark(offsets, span[0], span[1], map[i]);
            }
            normalize(map[i]);
        }
        return map;
    }

    private static void mark(int[][] offsets, int begin, int end, float[] row) {
        int first = find(offsets, begin, 1);
        int last = find(offsets, end - 1, -1);
        if (first >= 0 && last >= 0) {
            for (int t = first; t <= last && t < POSITIONS; t++) {
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

    /** The token at a character, or at the nearest of the next two in the direction told; −1 when there is none. */
    private static int find(int[][] offsets, int character, int step) {
        for (int i = 0; i < TRIES; i++) {
            int token = tokenAt(offsets, character + i * step);
            if (token >= 0) {
                return token;
            }
        }
        return -1;
    }

    private static int tokenAt(int[][] offsets, int character) {
        for (int t = 0; t < offsets.length; t++) {
            if (offsets[t][0] <= character && character < offsets[t][1]) {
                return t;
            }
        }
        return -1;
    }
}
