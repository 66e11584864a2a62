package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/** A Huffman table of a JPEG (ITU-T T.81, annexes C and F.2.2.3), laid out for decoding. */
final class JpegHuffman {
    /** Codes up to this length are found by one look-up. */
    static final int LOOK_BITS = 9;

    /** Codes with their value bits up to this length together are decoded by one look-up. */
    static final int FAST_BITS = 10;

    /** By the next {@link #LOOK_BITS} bits: symbol in the low byte, code length above it; 0 where the code is longer. */
    final short[] look = new short[1 << LOOK_BITS];

    /**
     * By the next {@link #FAST_BITS} bits: a whole AC coefficient, its value from bit 16 on, zeros before it from bit 8
     * on, the number of bits in the low byte; 0 where they do not hold one.
     */
    final int[] fast = new int[1 << FAST_BITS];

    /** Largest code of each length, left-aligned in 16 bits and one above; the last ends every search. */
    private final int[] limit = new int[18];

    private final int[] offset = new int[17];
    private final byte[] symbols;

    /**
     * A table from its definition.
     *
     * @param counts how many codes there are of the lengths 1 to 16
     * @param symbols their symbols in the order of the codes
     * @return null where the counts are not those of a prefix code
     */
    static @Nullable JpegHuffman of(int[] counts, byte[] symbols) {
        int code = 0;
        for (int length = 1; length <= 16; length++) {
            code += counts[length - 1];
            // No code may be all ones.
            if (code >= 1 << length && counts[length - 1] > 0) {
                return null;
            }
            code <<= 1;
        }
        return new JpegHuffman(counts, symbols);
    }

    private JpegHuffman(int[] counts, byte[] symbols) {
        this.symbols = symbols;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++) {
            offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++) {
                if (length <= LOOK_BITS) {
                    int entry = length << 8 | (symbols[index] & 0xff);
                    int from = code << (LOOK_BITS - length);
                    for (int j = 0; j < 1 << (LOOK_BITS - length); j++) {
                        look[from + j] = (short) entry;
                    }
                }
            }
            limit[length] = code << (16 - length);
            code <<= 1;
        }
        limit[17] = Integer.MAX_VALUE;
        fillFast();
    }

    private void fillFast() {
        for (int bits = 0; bits < fast.length; bits++) {
            int entry = look[bits >> (FAST_BITS - LOOK_BITS)];
            int length = entry >> 8;
            int run = (entry >> 4) & 15;
            int size = entry & 15;
            if (length > 0 && size > 0 && length + size <= FAST_BITS) {
                int value = (bits >> (FAST_BITS - length - size)) & ((1 << size) - 1);
                fast[bits] = JpegBits.extend(value, size) << 16 | run << 8 | length + size;
            }
        }
    }

    /** The length of the code that 16 bits begin with, for those longer than {@link #LOOK_BITS}; 17 if there is none. */
    int longLength(int bits16) {
        int length = LOOK_BITS + 1;
        while (bits16 >= limit[length]) {
            length++;
        }
        return length;
    }

    /** The symbol of the code of this length that 16 bits begin with. */
    int symbol(int bits16, int length) {
        return symbols[offset[length] + (bits16 >> (16 - length))] & 0xff;
    }
}
