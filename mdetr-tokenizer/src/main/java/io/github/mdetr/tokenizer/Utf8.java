package io.github.mdetr.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** UTF-8 as the tokenizer needs it: strict towards text that comes in, lenient towards bytes that tokens spell. */
final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** Returns the UTF-8 bytes of a text; an unpaired surrogate is an error, since it has none. */
    static byte[] encode(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        // The JDK writes '?' for an unpaired surrogate: a text of which every char became one byte is ASCII
        // wherever that byte is not a '?'.
        if (utf8.length == text.length()) {
            for (int i = 0; i < utf8.length; i++) {
                if (utf8[i] == '?' && text.charAt(i) != '?') {
                    throw unpairedSurrogate(text, i);
                }
            }
            return utf8;
        }
        int unpaired = unpairedSurrogate(text);
        if (unpaired >= 0) {
            throw unpairedSurrogate(text, unpaired);
        }
        return utf8;
    }

    /** Returns where a text's first surrogate without its partner is, or -1. */
    static int unpairedSurrogate(String text) {
        boolean open = false; // whether the char before is a high surrogate
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (open != Character.isLowSurrogate(c)) {
                return open ? i - 1 : i;
            }
            open = Character.isHighSurrogate(c);
        }
        return open ? text.length() - 1 : -1;
    }

    private static TokenizerException unpairedSurrogate(String text, int index) {
        return new TokenizerException(String.format(
                Locale.ROOT,
                "text has an unpaired surrogate U+%04X at char %d of %d: it is no Unicode text; was a string cut in the"
                        + " middle of a character?",
                (int) text.charAt(index),
                index,
                text.length()));
    }

    /** Returns the code point that begins at {@code i}; the bytes must be valid UTF-8. */
    static int codePointAt(byte[] utf8, int i) {
        int lead = utf8[i];
        if (lead >= 0) {
            return lead;
        }
        int second = utf8[i + 1] & 0x3F;
        if (lead < (byte) 0xE0) {
            return ((lead & 0x1F) << 6) | second;
        }
        int third = utf8[i + 2] & 0x3F;
        if (lead < (byte) 0xF0) {
            return ((lead & 0x0F) << 12) | (second << 6) | third;
        }
        return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (utf8[i + 3] & 0x3F);
    }

    /** Returns how many bytes the character takes whose first byte is {@code lead}. */
    static int lengthOf(byte lead) {
        if (lead >= 0) {
            return 1;
        }
        return lead < (byte) 0xE0 ? 2 : lead < (byte) 0xF0 ? 3 : 4;
    }

    /** Returns where the character begins that ends at {@code i}, which is not the first. */
    static int before(byte[] utf8, int i) {
        int start = i - 1;
        while ((utf8[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    /**
     * Returns the text that bytes spell, with U+FFFD for each maximal part that is not UTF-8 (Unicode Standard, chapter
     * 3.9). The JDK's own decoder replaces encoded surrogates by one U+FFFD where this rule gives three.
     */
    static String decode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int i = 0;
        while (i < bytes.length) {
            int valid = validPrefix(bytes, i);
            if (valid > 0) {
                text.appendCodePoint(codePointAt(bytes, i));
                i += valid;
            } else {
                text.append(REPLACEMENT);
                i -= valid;
            }
        }
        return text.toString();
    }

    /** Returns the length of the character at {@code i}, or minus the number of bytes that one U+FFFD replaces. */
    private static int validPrefix(byte[] bytes, int i) {
        int lead = bytes[i] & 0xFF;
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return -1;
        }
        int length = lengthOf(bytes[i]);
        for (int k = 1; k < length; k++) {
            // The second byte's range excludes overlong forms, surrogates, and what lies beyond U+10FFFF.
            int low = k > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int high = k > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            int next = i + k < bytes.length ? bytes[i + k] & 0xFF : 0;
            if (next < low || next > high) {
                return -k;
            }
        }
        return length;
    }
}
