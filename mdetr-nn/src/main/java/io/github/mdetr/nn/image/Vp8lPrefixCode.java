package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/**
 * A canonical prefix code of a lossless image (RFC 9649, section 3.7.2.1), laid out for decoding. Its size grows with the
 * number of its symbols, for an image may have thousands of codes.
 */
final class Vp8lPrefixCode {
    static final int MAX_LENGTH = 15;

    /** Codes up to this length are found by one look-up. */
    private static final int LOOK_BITS = 8;

    private static final Vp8lPrefixCode[] ONLY = new Vp8lPrefixCode[256];

    /** By the next bits: symbol, and code length from bit 16 on; 0 where the code is longer. */
    private final int[] look;

    /** Symbols in the order of their codes. */
    private final short[] symbols;

    /** Of each length, how many codes there are. */
    private final short[] counts;

    static {
        for (int i = 0; i < ONLY.length; i++) {
            ONLY[i] = new Vp8lPrefixCode(new int[] {i}, new short[0], new short[0]);
        }
    }

    private Vp8lPrefixCode(int[] look, short[] symbols, short[] counts) {
        this.look = look;
        this.symbols = symbols;
        this.counts = counts;
    }

    /**
     * A code from the lengths of its symbols' codes, 0 where a symbol has none.
     *
     * @return null where no complete code has those lengths; one symbol alone is a code of no bits
     */
    static @Nullable Vp8lPrefixCode of(byte[] lengths, int alphabet) {
        short[] counts = new short[MAX_LENGTH + 1];
        int last = -1;
        int used = 0;
        for (int symbol = 0; symbol < alphabet; symbol++) {
            if (lengths[symbol] != 0) {
                counts[lengths[symbol]]++;
                used++;
                last = symbol;
            }
        }
        if (used == 1) {
            return last < ONLY.length ? ONLY[last] : new Vp8lPrefixCode(new int[] {last}, new short[0], new short[0]);
        }
        int free = 1;
        int longest = 0;
        int[] next = new int[MAX_LENGTH + 1];
        for (int length = 1; length <= MAX_LENGTH; length++) {
            next[length] = next[length - 1] + counts[length - 1];
            free = 2 * free - counts[length];
            if (free < 0) {
                return null;
            }
            longest = counts[length] > 0 ? length : longest;
        }
        if (free != 0) {
            return null;
        }
        short[] symbols = new short[used];
        for (int symbol = 0; symbol < alphabet; symbol++) {
            if (lengths[symbol] != 0) {
                symbols[next[lengths[symbol]]++] = (short) symbol;
            }
        }
        // A table of at most two entries a symbol, so that many codes stay small.
        int bits = Math.min(Math.min(longest, LOOK_BITS), 33 - Integer.numberOfLeadingZeros(used - 1));
        return new Vp8lPrefixCode(table(symbols, counts, bits), symbols, counts);
    }

    private static int[] table(short[] symbols, short[] counts, int bits) {
        int[] look = new int[1 << bits];
        int code = 0;
        int index = 0;
        for (int length = 1; length <= bits; length++) {
            for (int i = 0; i < counts[length]; i++, code++, index++) {
                // The first bit of a code is the lowest of those that lie ahead.
                int reversed = Integer.reverse(code) >>> (32 - length);
                for (int j = reversed; j < look.length; j += 1 << length) {
                    look[j] = length << 16 | symbols[index];
                }
            }
            code <<= 1;
        }
        return look;
    }

    /** The next symbol. */
    int read(Vp8lBits bits) {
        if (symbols.length == 0) {
            return look[0];
        }
        int ahead = bits.peek();
        int entry = look[ahead & (look.length - 1)];
        if (entry != 0) {
            bits.skip(entry >> 16);
            return entry & 0xffff;
        }
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; ; length++) {
            code |= ahead & 1;
            ahead >>>= 1;
            int count = counts[length];
            if (code - count < first) {
                bits.skip(length);
                return symbols[index + code - first];
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
    }
}
