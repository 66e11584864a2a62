package io.github.mdetr.nn.image;

/** The bits of a lossless image, the lowest of each byte first (RFC 9649, section 3.3). */
final class Vp8lBits {
    private final byte[] bytes;
    private final int end;
    private int at;
    private long held;
    private int count;
    private boolean ended;

    /** Over the bytes [from, end). */
    Vp8lBits(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Whether more was read than there is; zeros stood for what is missing. */
    boolean ended() {
        return ended;
    }

    /** The next so many bits, at most 24. */
    int read(int bits) {
        int value = peek() & ((1 << bits) - 1);
        skip(bits);
        return value;
    }

    boolean flag() {
        return read(1) != 0;
    }

    /** At least the next 24 bits, not taken. */
    int peek() {
        while (count < 32 && at < end) {
            held |= (bytes[at++] & 0xffL) << count;
            count += 8;
        }
        return (int) held;
    }

    /** Takes bits that were looked at. */
    void skip(int bits) {
        held >>>= bits;
        count -= bits;
        if (count < 0) {
            count = 0;
            ended = true;
        }
    }
}
