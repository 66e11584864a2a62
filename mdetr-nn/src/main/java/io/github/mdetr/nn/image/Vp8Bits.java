package io.github.mdetr.nn.image;

/** The boolean entropy decoder (RFC 6386, section 7) over a part of the file. */
final class Vp8Bits {
    private static final int MANY = 7;

    private final byte[] bytes;
    private final int end;
    private int at;

    /** The code string as far as it was taken, less what was decoded; {@link #spare} bits lie below the window of 8. */
    private long value;

    private int spare = -8;
    private int range = 255;
    private boolean ended;

    /** Over the bytes [from, end). */
    Vp8Bits(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Whether more was decoded than the bytes hold; zeros stood for what is missing. */
    boolean ended() {
        return ended;
    }

    /** One bit that is zero with a probability of so many 256ths. */
    int bit(int probability) {
        if (spare < 0) {
            load();
        }
        int split = 1 + (((range - 1) * probability) >> 8);
        int bit = 0;
        // Of 32 bits, as libwebp: data that no encoder writes may exceed the range.
        if (((value >>> spare) & 0xffffffffL) >= split) {
            value -= (long) split << spare;
            range -= split;
            bit = 1;
        } else {
            range = split;
        }
        int shift = Integer.numberOfLeadingZeros(range) - 24;
        range <<= shift;
        spare -= shift;
        return bit;
    }

    boolean flag() {
        return bit(128) != 0;
    }

    /** An unsigned number of so many bits, the highest first. */
    int number(int bits) {
        int number = 0;
        for (int i = 0; i < bits; i++) {
            number = (number << 1) | bit(128);
        }
        return number;
    }

    /** A magnitude of so many bits, then its sign. */
    int signed(int bits) {
        int magnitude = number(bits);
        return flag() ? -magnitude : magnitude;
    }

    /** A flag, then a signed number where it is set; else 0. */
    int optionalSigned(int bits) {
        return flag() ? signed(bits) : 0;
    }

    private void load() {
        if (end - at > MANY) {
            for (int i = 0; i < MANY; i++) {
                value = (value << 8) | (bytes[at++] & 0xff);
            }
            spare += 8 * MANY;
            return;
        }
        value <<= 8;
        spare += 8;
        if (at < end) {
            value |= bytes[at++] & 0xff;
        } else {
            ended = true;
        }
    }
}
