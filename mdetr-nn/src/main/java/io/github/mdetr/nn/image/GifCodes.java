package io.github.mdetr.nn.image;

/** Expands the codes of a GIF's frame (Lempel, Ziv and Welch, lengths up to 12 bits) as PIL does. */
final class GifCodes {
    private static final int MAX_CODES = 1 << 12;
    private static final int MAX_BITS = 12;

    private final ImageInput in;
    private final int bits;
    private int at;
    private int blockEnd;
    private int held;
    private int heldBits;

    /** The string of a code is that of {@link #prefix} and one index more; codes below the clear code are indices. */
    private final short[] prefix = new short[MAX_CODES];

    private final byte[] suffix = new byte[MAX_CODES];
    private final byte[] reversed = new byte[MAX_CODES + 1];

    /**
     * The codes of a frame.
     *
     * @param at where the blocks begin
     * @param bits of an index
     */
    GifCodes(ImageInput in, int at, int bits) {
        this.in = in;
        this.at = at;
        this.blockEnd = at;
        this.bits = bits;
    }

    /** So many indices. Codes beyond the last one are passed over. */
    byte[] decode(int count) throws ImageReadException {
        if (bits > MAX_BITS) {
            throw in.error("GIF is damaged: its codes begin with " + bits + " bits, expected at most 12");
        }
        byte[] indices = new byte[count];
        int clear = 1 << bits;
        int next = clear + 2;
        int width = bits + 1;
        int last = -1;
        int first = 0;
        int to = 0;
        while (to < count) {
            int code = next(width);
            if (code == clear) {
                next = clear + 2;
                width = bits + 1;
                last = -1;
                continue;
            } else if (code == clear + 1) {
                break;
            }
            if (code > (last < 0 ? clear : next)) {
                throw in.error("GIF is damaged: a code before byte " + at + " is not in use yet");
            }
            if (last < 0) {
                first = code;
                indices[to++] = (byte) code;
                last = code;
                continue;
            }
            int length = 0;
            int rest = code;
            if (code == next) {
                reversed[length++] = (byte) first;
                rest = last;
            }
            while (rest >= clear) {
                if (length >= MAX_CODES || rest >= MAX_CODES) {
                    throw in.error("GIF is damaged: a code before byte " + at + " leads to no end");
                }
                reversed[length++] = suffix[rest];
                rest = prefix[rest];
            }
            first = rest;
            reversed[length++] = (byte) rest;
            for (int i = length - 1; i >= 0 && to < count; i--) {
                indices[to++] = reversed[i];
            }
            if (next < MAX_CODES) {
                suffix[next] = (byte) rest;
                prefix[next] = (short) last;
                if (next == (1 << width) - 1 && width < MAX_BITS) {
                    width++;
                }
                next++;
            }
            last = code;
        }
        if (to < count) {
            throw in.error("GIF is truncated: its codes end before its last pixel");
        }
        return indices;
    }

    private int next(int width) throws ImageReadException {
        while (heldBits < width) {
            if (at == blockEnd) {
                // A block counts only in whole.
                if (at >= in.length() || at + 1 + in.u8(at) > in.length()) {
                    throw in.error("GIF is truncated: its codes end before its last pixel");
                }
                blockEnd = at + 1 + in.u8(at);
                at++;
            } else {
                held |= in.u8(at++) << heldBits;
                heldBits += 8;
            }
        }
        int code = held & ((1 << width) - 1);
        held >>>= width;
        heldBits -= width;
        return code;
    }
}
