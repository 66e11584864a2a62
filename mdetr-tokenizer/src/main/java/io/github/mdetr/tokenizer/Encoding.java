package io.github.mdetr.tokenizer;

import java.util.Arrays;
import java.util.Objects;

/**
 * A text as tokens: their ids, and which characters of the text each covers. Immutable.
 *
 * <p>Positions in the text come in two units, which differ after the first character beyond U+FFFF: methods that say
 * {@code char} count UTF-16 chars, as {@code String.substring} does; those that say {@code codePoint} count Unicode code
 * points, as the published annotations and Hugging Face do. {@link #codePointIndex()} converts.
 *
 * <p>A span leaves out the plain spaces at a token's ends: the token {@code " dog"} of {@code "a dog"} is [2, 5), and a
 * token of spaces alone has an empty span. Tokens that are parts of one character share its span. {@code <s>} and {@code
 * </s>} around the text have the span [0, 0).
 *
 * <pre>{@code
 * Encoding e = tokenizer.encode("🚲 a dog");
 * e.charStart(token);                  // 5, e.codePointStart(token): 4
 * e.charToToken(5);                    // == token == e.codePointToToken(4)
 * text.substring(e.charStart(token), e.charEnd(token)); // "dog"
 * }</pre>
 */
public final class Encoding {
    /** What the methods that look up a token give where there is none. */
    public static final int NO_TOKEN = -1;

    private final int[] ids;
    /** Start and end of each token, in chars. */
    private final int[] offsets;

    private final CodePointIndex codePoints;
    private final boolean specialTokens;
    private final int truncatedTokens;

    Encoding(int[] ids, int[] offsets, CodePointIndex codePoints, boolean specialTokens, int truncatedTokens) {
        this.ids = ids;
        this.offsets = offsets;
        this.codePoints = codePoints;
        this.specialTokens = specialTokens;
        this.truncatedTokens = truncatedTokens;
    }

    /** Returns the number of tokens, {@code <s>} and {@code </s>} included. */
    public int length() {
        return ids.length;
    }

    /** Returns the ids, [length]. */
    public int[] ids() {
        return ids.clone();
    }

    /** Returns the id of a token. */
    public int id(int token) {
        return ids[token];
    }

    /** Returns 1 for every token, [length]: what the text encoder may attend to. Zeros come with padding in a batch. */
    public int[] attentionMask() {
        int[] mask = new int[ids.length];
        Arrays.fill(mask, 1);
        return mask;
    }

    /** Returns whether a token is the {@code <s>} or {@code </s>} that was put around the text. */
    public boolean isAroundText(int token) {
        Objects.checkIndex(token, ids.length);
        return specialTokens && (token == 0 || token == ids.length - 1);
    }

    /** Returns how many tokens of the text were dropped to keep to the maximal length; 0 when it is complete. */
    public int truncatedTokens() {
        return truncatedTokens;
    }

    /** Returns where a token begins, in chars. */
    public int charStart(int token) {
        return offsets[2 * token];
    }

    /** Returns where a token ends (exclusive), in chars. */
    public int charEnd(int token) {
        return offsets[2 * token + 1];
    }

    /** Returns where a token begins, in code points. */
    public int codePointStart(int token) {
        return codePoints.toCodePoint(charStart(token));
    }

    /** Returns where a token ends (exclusive), in code points. */
    public int codePointEnd(int token) {
        return codePoints.toCodePoint(charEnd(token));
    }

    /** Returns the tokens' spans in chars, [length, 2]. */
    public int[][] charOffsets() {
        int[][] spans = new int[ids.length][];
        for (int i = 0; i < spans.length; i++) {
            spans[i] = new int[] {charStart(i), charEnd(i)};
        }
        return spans;
    }

    /** Returns the tokens' spans in code points, [length, 2]. */
    public int[][] codePointOffsets() {
        int[][] spans = new int[ids.length][];
        for (int i = 0; i < spans.length; i++) {
            spans[i] = new int[] {codePointStart(i), codePointEnd(i)};
        }
        return spans;
    }

    /**
     * Returns the first token whose span holds a char, or {@link #NO_TOKEN} where none does: on a space between words, in
     * what was truncated, and outside the text.
     */
    public int charToToken(int charIndex) {
        int first = specialTokens ? 1 : 0;
        int last = ids.length - first;
        // Ends never decrease: find the first that lies beyond, then look whether its token has begun.
        int low = first;
        int high = last;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (charEnd(middle) > charIndex) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        // With a prefix space a token may begin one character after the next one, hence the look beyond the first.
        for (int token = low; token < last && charStart(token) <= charIndex + 2; token++) {
            if (charStart(token) <= charIndex && charIndex < charEnd(token)) {
                return token;
            }
        }
        return NO_TOKEN;
    }

    /** As {@link #charToToken}, for a position in code points. */
    public int codePointToToken(int codePointIndex) {
        if (codePointIndex < 0 || codePointIndex >= codePoints.codePointCount()) {
            return NO_TOKEN;
        }
        return charToToken(codePoints.toChar(codePointIndex));
    }

    /** Returns the conversion between chars and code points for this text. */
    public CodePointIndex codePointIndex() {
        return codePoints;
    }
}
