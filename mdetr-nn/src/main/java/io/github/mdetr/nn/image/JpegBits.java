package io.github.mdetr.nn.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a JPEG's entropy-coded segment. At a marker, or the end of the file, zeros follow: whoever reads on finds
 * out from {@link #endUnit}. Damage is passed over as libjpeg does.
 */
final class JpegBits {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** So many bits libjpeg wants to see beyond those that it uses, if no marker follows; with fewer it asks for more. */
    private static final int LOOKAHEAD = 57;

    private final ImageInput in;
    private final byte[] data;

    /** The next byte to take in. */
    private int at;

    /** Bits taken in and not yet used, the next one highest, and how many there are. */
    long bits;

    int count;

    /** How many of them, the last ones, are made up. */
    private int madeUp;

    /** Whether the segment ended before its last unit; the units up to the next restart have no data. */
    private boolean exhausted;

    JpegBits(ImageInput in, int at) {
        this.in = in;
        this.data = in.bytes();
        this.at = at;
    }

    /** Takes in bytes until there are at least 32 bits. */
    void fill() {
        if (count <= 32 && at <= data.length - 4) {
            int next = (int) INT.get(data, at);
            // No byte is 0xff: none of the complement's is zero.
            if (((~next - 0x01010101) & next & 0x80808080) == 0) {
                bits |= (next & 0xffffffffL) << (32 - count);
                count += 32;
                at += 4;
                return;
            }
        }
        while (count <= 56) {
            int value = nextByte();
            if (value < 0) {
                madeUp += 8;
                value = 0;
            }
            bits |= (long) value << (56 - count);
            count += 8;
        }
    }

    /** The next byte of the segment; -1 where a marker or the end stands. */
    private int nextByte() {
        if (at >= data.length) {
            return -1;
        }
        int value = data[at] & 0xff;
        if (value != 0xff) {
            at++;
            return value;
        }
        int next = at + 1;
        while (next < data.length && data[next] == -1) {
            next++;
        }
        if (next < data.length && data[next] == 0) {
            at = next + 1;
            return 0xff;
        }
        at = next - 1; // what fills up before a marker is passed once, not again by each unit that waits for it
        return -1;
    }

    /** The next Huffman-coded symbol. */
    int symbol(JpegHuffman table) throws ImageReadException {
        if (count < 32) {
            fill();
        }
        int entry = table.look[(int) (bits >>> (64 - JpegHuffman.LOOK_BITS))];
        if (entry != 0) {
            skip(entry >> 8);
            return entry & 0xff;
        }
        return longSymbol(table);
    }

    private int longSymbol(JpegHuffman table) throws ImageReadException {
        int next = (int) (bits >>> 48);
        int length = table.longLength(next);
        if (length > 16) {
            if (count >= madeUp) {
                in.note("JPEG is damaged: bits before byte " + at + " are no Huffman code");
            }
            skip(length);
            return 0;
        }
        skip(length);
        return table.symbol(next, length);
    }

    /** The next bits as a number; at most 16, at least one. */
    int receive(int size) {
        if (count < size) {
            fill();
        }
        int value = (int) (bits >>> (64 - size));
        skip(size);
        return value;
    }

    /** The next bits as a signed value of that magnitude class; 0 for none. */
    int signed(int size) {
        return size == 0 ? 0 : extend(receive(size), size);
    }

    private void skip(int size) {
        bits <<= size;
        count -= size;
    }

    /** Bits whose first is 0 stand for negative values (T.81, F.2.2.1). */
    static int extend(int value, int size) {
        return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    /** Whether the segment has no data for the next unit. */
    boolean exhausted() {
        return exhausted;
    }

    /** To be called behind each unit: notes if it took bits that the segment does not have. */
    void endUnit() throws ImageReadException {
        if (count < madeUp && !exhausted) {
            checkEnd();
            in.note("JPEG is damaged: a segment of image data ends early, at byte " + at);
            exhausted = true;
        }
    }

    /** Refuses a segment that ends where the file ends, without a marker. */
    private void checkEnd() throws ImageReadException {
        if (markerCode() >= data.length) {
            throw truncated();
        }
    }

    private ImageReadException truncated() {
        return in.error("JPEG is truncated: its data ends at byte " + data.length + " before the image is complete");
    }

    /** The byte behind the marker's first, at which the segment ends. */
    private int markerCode() {
        int code = at + 1;
        while (code < data.length && data[code] == -1) {
            code++;
        }
        return code;
    }

    /** Ends the segment: what is left should be less than a byte. Returns where its marker stands. */
    int finish() throws ImageReadException {
        endUnit();
        int from = at;
        int bytes = 0;
        while (nextByte() >= 0) {
            bytes++;
        }
        int left = count - madeUp + 8 * Math.min(bytes, 64);
        if (left < LOOKAHEAD) {
            checkEnd();
        }
        if (!exhausted && left >= 8) {
            in.note("JPEG is damaged: bytes that belong to nothing before byte " + (bytes > 0 ? from : at));
        }
        bits = 0;
        count = 0;
        madeUp = 0;
        return at;
    }

    /**
     * Passes the restart marker of a number from 0 to 7, which should come next. Another is taken as T.81 suggests: one
     * soon due, or any other marker, waits, and the segment before it is empty; one that was due before is passed; what
     * is neither is taken for the one wanted.
     */
    void restart(int number) throws ImageReadException {
        finish();
        while (true) {
            int code = markerCode();
            if (code >= data.length) {
                throw truncated();
            }
            int marker = data[code] & 0xff;
            int ahead = (marker - JpegMarkers.RST0 - number) & 7;
            boolean restart = marker >= JpegMarkers.RST0 && marker < JpegMarkers.RST0 + 8;
            if (!restart || ahead != 0) {
                in.note("JPEG is damaged: expected restart marker " + number + " at byte " + at);
            }
            if (restart ? ahead == 1 || ahead == 2 : marker >= JpegMarkers.SOF0) {
                return;
            }
            at = code + 1;
            if (restart && ahead != 6 && ahead != 7) {
                exhausted = false;
                return;
            }
            while (nextByte() >= 0) {
                // On to the next marker.
            }
        }
    }
}
