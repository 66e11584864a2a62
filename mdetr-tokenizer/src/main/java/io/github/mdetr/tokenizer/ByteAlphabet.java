package io.github.mdetr.tokenizer;

import java.util.Arrays;

/**
 * The printable stand-ins of byte-level BPE: vocabularies write each byte of UTF-8 as one visible character. Visible
 * Latin-1 bytes stand for themselves; the others, in order, are U+0100, U+0101, … (a space is {@code Ġ}).
 *
 * <p>Source: Radford et al., <i>Language Models are Unsupervised Multitask Learners</i> (2019), the published encoder.
 */
final class ByteAlphabet {
    static final int SIZE = 256;

    private static final char[] CHARS = new char[SIZE];
    private static final short[] BYTES = new short[2 * SIZE];

    static {
        Arrays.fill(BYTES, (short) -1);
        char standIn = (char) SIZE;
        for (int b = 0; b < SIZE; b++) {
            boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            CHARS[b] = visible ? (char) b : standIn++;
            BYTES[CHARS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** Returns the character that stands for a byte (0 to 255). */
    static char charOf(int unsignedByte) {
        return CHARS[unsignedByte];
    }

    /** Returns the byte (0 to 255) that a character stands for, or -1 for a character outside the alphabet. */
    static int byteOf(char c) {
        return c < BYTES.length ? BYTES[c] : -1;
    }
}
