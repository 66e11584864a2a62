package io.github.mdetr.nn.text;

import org.jspecify.annotations.Nullable;

/**
 * Which tokens of a caption a box can point to, and which of them a part of the caption covers (MDETR §2.2.1). The
 * model's classes are {@value #COUNT} token positions and, last, "no object"; tokens behind have no class.
 */
public final class TokenPositions {
    /** Positions that a box can point to: those of a caption's first tokens, {@code <s>} included. */
    public static final int COUNT = 255;

    /** The class that stands for "no object". */
    public static final int NO_OBJECT = COUNT;

    /** All classes: the positions and "no object". */
    public static final int CLASSES = COUNT + 1;

    private static final int TRIES = 3;

    private TokenPositions() {}

    /**
     * Consecutive tokens.
     *
     * @param first the first token's index
     * @param last the last one's; before the first when there is none
     */
    public record Range(int first, int last) {
        /** Whether there are tokens in it that no box can point to. */
        public boolean isClipped() {
            return last >= COUNT;
        }

        /** Behind the last token that a box can point to; up to {@code first} when there is none. */
        public int end() {
            return Math.min(last + 1, COUNT);
        }
    }

    /**
     * The tokens that a span of characters covers: from that of its first character to that of its last. Where the first
     * character lies on no token the next two are tried, where the last does the two before.
     *
     * @param offsets character span [T, 2] of each token, empty for {@code <s>}, {@code </s>} and padding
     * @param begin the span's first character, in the units of the offsets
     * @param end behind its last character
     * @return null when its beginning or end is on no token
     */
    public static @Nullable Range covered(int[][] offsets, int begin, int end) {
        int first = find(offsets, begin, 1);
        int last = find(offsets, end - 1, -1);
        return first < 0 || last < 0 ? null : new Range(first, last);
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
