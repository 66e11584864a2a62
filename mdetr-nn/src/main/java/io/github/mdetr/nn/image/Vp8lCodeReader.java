package io.github.mdetr.nn.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads prefix codes from their code lengths (RFC 9649, section 3.7.2.1). */
final class Vp8lCodeReader {
    private static final int[] ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    private static final int REPEAT = 16;
    private static final int SHORT_ZEROS = 17;

    private final ImageInput in;
    private final Vp8lBits bits;
    private final byte[] lengths;
    private final byte[] lengthLengths = new byte[ORDER.length];

    /** Codes whose symbols, from 0 on, all have codes of one length: a few bits may ask for thousands of them. */
    private final @Nullable Vp8lPrefixCode[] uniform = new Vp8lPrefixCode[Vp8lPrefixCode.MAX_LENGTH + 1];

    /** A reader of codes of at most so many symbols. */
    Vp8lCodeReader(ImageInput in, Vp8lBits bits, int largestAlphabet) {
        this.in = in;
        this.bits = bits;
        this.lengths = new byte[Math.max(256, largestAlphabet)];
    }

    Vp8lPrefixCode read(int alphabet) throws ImageReadException {
        Arrays.fill(lengths, (byte) 0);
        if (bits.flag()) {
            boolean two = bits.flag();
            lengths[bits.read(bits.flag() ? 8 : 1)] = 1;
            if (two) {
                lengths[bits.read(8)] = 1;
            }
        } else {
            readLengths(alphabet);
        }
        if (bits.ended()) {
            throw in.error("WebP is truncated: its data ends within a prefix code");
        }
        int length = lengths[0];
        int count = 1 << length;
        if (length > 0 && count <= alphabet && isUniform(alphabet, count)) {
            if (uniform[length] == null) {
                uniform[length] = checked(Vp8lPrefixCode.of(lengths, alphabet));
            }
            return uniform[length];
        }
        return checked(Vp8lPrefixCode.of(lengths, alphabet));
    }

    private boolean isUniform(int alphabet, int count) {
        for (int i = 0; i < alphabet; i++) {
            if (lengths[i] != (i < count ? lengths[0] : 0)) {
                return false;
            }
        }
        return true;
    }

    private void readLengths(int alphabet) throws ImageReadException {
        Arrays.fill(lengthLengths, (byte) 0);
        int count = 4 + bits.read(4);
        for (int i = 0; i < count; i++) {
            lengthLengths[ORDER[i]] = (byte) bits.read(3);
        }
        Vp8lPrefixCode code = checked(Vp8lPrefixCode.of(lengthLengths, ORDER.length));
        int left = alphabet;
        if (bits.flag()) {
            left = 2 + bits.read(2 + 2 * bits.read(3));
            if (left > alphabet) {
                throw damaged("more code lengths than symbols");
            }
        }
        byte previous = 8;
        int symbol = 0;
        while (symbol < alphabet && left-- > 0) {
            int length = code.read(bits);
            if (length < REPEAT) {
                lengths[symbol++] = (byte) length;
                previous = length == 0 ? previous : (byte) length;
                continue;
            }
            int repeats;
            if (length == REPEAT) {
                repeats = 3 + bits.read(2);
            } else {
                repeats = length == SHORT_ZEROS ? 3 + bits.read(3) : 11 + bits.read(7);
            }
            if (repeats > alphabet - symbol) {
                throw damaged("code lengths for more symbols than there are");
            }
            Arrays.fill(lengths, symbol, symbol + repeats, length == REPEAT ? previous : 0);
            symbol += repeats;
        }
    }

    private Vp8lPrefixCode checked(@Nullable Vp8lPrefixCode code) throws ImageReadException {
        if (code == null) {
            throw damaged("lengths that no prefix code has");
        }
        return code;
    }

    private ImageReadException damaged(String what) {
        return in.error("WebP is damaged: a prefix code with " + what);
    }
}
