package io.github.mdetr.tokenizer;

import java.util.Arrays;

/**
 * Converts between the two ways of counting a text's characters: Java's UTF-16 chars, and the Unicode code points in
 * which Python and the published annotations count. They differ after the first character beyond U+FFFF (emoji, say).
 *
 * <pre>{@code
 * CodePointIndex index = CodePointIndex.of("🚲 a dog");
 * index.toChar(4);      // 5: where "dog" begins
 * index.toCodePoint(5); // 4
 * }</pre>
 */
public final class CodePointIndex {
    private static final int[] NONE = {};

    private final int chars;
    /** Where the characters begin that take two chars, ascending. */
    private final int[] pairs;

    private CodePointIndex(int chars, int[] pairs) {
        this.chars = chars;
        this.pairs = pairs;
    }

    /** Returns the index of a text. An unpaired surrogate counts as one code point. */
    public static CodePointIndex of(String text) {
        int[] pairs = NONE;
        int count = 0;
        boolean open = false; // whether the char before is a high surrogate
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (open && Character.isLowSurrogate(c)) {
                if (count == pairs.length) {
                    pairs = Arrays.copyOf(pairs, Math.max(8, 2 * count));
                }
                pairs[count++] = i - 1;
            }
            open = Character.isHighSurrogate(c);
        }
        return new CodePointIndex(text.length(), count == 0 ? NONE : Arrays.copyOf(pairs, count));
    }

    /** Returns the index of a text that is known to hold no characters beyond U+FFFF. */
    static CodePointIndex withoutPairs(int chars) {
        return new CodePointIndex(chars, NONE);
    }

    /** Returns the text's length in chars. */
    public int charCount() {
        return chars;
    }

    /** Returns the text's length in code points. */
    public int codePointCount() {
        return chars - pairs.length;
    }

    /**
     * Returns the code point that the char at {@code charIndex} belongs to; both halves of a surrogate pair belong to
     * the same.
     *
     * @param charIndex 0 to {@link #charCount()} (which gives {@link #codePointCount()})
     * @throws IndexOutOfBoundsException outside of that
     */
    public int toCodePoint(int charIndex) {
        check(charIndex, chars, "char");
        int low = 0;
        int high = pairs.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pairs[middle] < charIndex) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return charIndex - low;
    }

    /**
     * Returns the char at which a code point begins.
     *
     * @param codePointIndex 0 to {@link #codePointCount()} (which gives {@link #charCount()})
     * @throws IndexOutOfBoundsException outside of that
     */
    public int toChar(int codePointIndex) {
        check(codePointIndex, codePointCount(), "code point");
        int low = 0;
        int high = pairs.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pairs[middle] - middle < codePointIndex) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return codePointIndex + low;
    }

    private static void check(int index, int length, String unit) {
        if (index < 0 || index > length) {
            throw new IndexOutOfBoundsException(
                    unit + " index " + index + " is outside the text, which has " + length + " " + unit + "s");
        }
    }
}
