package io.github.mdetr.nn.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The bytes of a TIFF's strips and tiles, expanded as far as they are asked for. */
abstract class TiffData implements AutoCloseable {
    /** Each byte with its bits in the other order. */
    static final byte[] REVERSED = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            REVERSED[i] = (byte) (Integer.reverse(i) >>> 24);
        }
    }

    final ImageInput in;
    final boolean reversed;
    private int begin;

    /** The packed bytes that are left: [at, end). */
    int at;

    int end;

    private TiffData(ImageInput in, boolean reversed) {
        this.in = in;
        this.reversed = reversed;
    }

    static TiffData of(ImageInput in, TiffLayout layout) {
        return switch (layout.compression()) {
            case TiffLayout.LZW -> new Lzw(in, layout.reversed());
            case TiffLayout.DEFLATE -> new Deflated(in, layout.reversed());
            case TiffLayout.PACK_BITS -> new Packed(in, layout.reversed());
            default -> new Plain(in, layout.reversed() && layout.bits() < 8);
        };
    }

    /** Starts with a strip or tile. */
    void begin(int from, int length) throws ImageReadException {
        begin = from;
        at = from;
        end = from + length;
    }

    /** How many packed bytes of the strip or tile were used. */
    long used() {
        return (long) at - begin;
    }

    /** Reads so many bytes. */
    abstract void read(byte[] row, int count) throws ImageReadException;

    @Override
    public void close() {}

    final byte packed(int offset) {
        byte value = in.bytes()[offset];
        return reversed ? REVERSED[value & 0xff] : value;
    }

    final ImageReadException truncated() {
        return in.error("TIFF is truncated: a strip or tile ends at byte " + end + " before its last row");
    }

    private static final class Plain extends TiffData {
        Plain(ImageInput in, boolean reversed) {
            super(in, reversed);
        }

        @Override
        void read(byte[] row, int count) throws ImageReadException {
            if (end - at < count) {
                throw truncated();
            }
            System.arraycopy(in.bytes(), at, row, 0, count);
            at += count;
            for (int i = 0; reversed && i < count; i++) {
                row[i] = REVERSED[row[i] & 0xff];
            }
        }
    }

    /** PackBits (TIFF 6.0, section 9). */
    private static final class Packed extends TiffData {
        private int left;
        private boolean repeated;

        Packed(ImageInput in, boolean reversed) {
            super(in, reversed);
        }

        @Override
        void begin(int from, int length) throws ImageReadException {
            super.begin(from, length);
            left = 0;
        }

        @Override
        void read(byte[] row, int count) throws ImageReadException {
            int to = 0;
            while (to < count) {
                if (at >= end) {
                    throw truncated();
                }
                if (left == 0) {
                    int head = packed(at++);
                    repeated = head < 0;
                    left = head == -128 ? 0 : Math.abs(head) + 1;
                    continue;
                }
                row[to++] = packed(at);
                left--;
                if (!repeated || left == 0) {
                    at++;
                }
            }
        }
    }

    private static final class Deflated extends TiffData {
        private static final int PIECE = 1 << 16;

        private final Inflater inflater = new Inflater();
        private final byte[] turned;

        Deflated(ImageInput in, boolean reversed) {
            super(in, reversed);
            this.turned = new byte[reversed ? PIECE : 0];
        }

        @Override
        void begin(int from, int length) throws ImageReadException {
            super.begin(from, length);
            inflater.reset();
        }

        @Override
        long used() {
            return inflater.getBytesRead();
        }

        @Override
        void read(byte[] row, int count) throws ImageReadException {
            int to = 0;
            try {
                while (to < count) {
                    if (inflater.needsInput()) {
                        feed();
                    }
                    int some = inflater.inflate(row, to, count - to);
                    to += some;
                    if (some == 0 && (inflater.finished() || inflater.needsDictionary())) {
                        throw truncated();
                    }
                }
            } catch (DataFormatException e) {
                throw new ImageReadException(in.name(), "TIFF is damaged: a strip or tile does not inflate", e);
            }
        }

        private void feed() throws ImageReadException {
            if (at >= end) {
                throw truncated();
            }
            int length = reversed ? Math.min(PIECE, end - at) : end - at;
            if (reversed) {
                for (int i = 0; i < length; i++) {
                    turned[i] = packed(at + i);
                }
                inflater.setInput(turned, 0, length);
            } else {
                inflater.setInput(in.bytes(), at, length);
            }
            at += length;
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    /** LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, the highest bit first, that grow one code early. */
    private static final class Lzw extends TiffData {
        private static final int CLEAR = 256;
        private static final int END = 257;
        private static final int CODES = 1 << 12;

        private final short[] prefix = new short[CODES];
        private final byte[] suffix = new byte[CODES];
        private final short[] lengths = new short[CODES];
        private final byte[] string = new byte[CODES];
        private int next;
        private int width;
        private int last;
        private int held;
        private int heldBits;
        private int stringAt;
        private int stringEnd;

        Lzw(ImageInput in, boolean reversed) {
            super(in, reversed);
        }

        @Override
        void begin(int from, int length) throws ImageReadException {
            super.begin(from, length);
            if (length >= 2 && packed(from) == 0 && (packed(from + 1) & 1) != 0) {
                throw in.error("TIFF is compressed by the LZW of before 1990, which is not read; convert it to PNG");
            }
            held = 0;
            heldBits = 0;
            stringAt = 0;
            stringEnd = 0;
            clear();
        }

        private void clear() {
            next = END + 1;
            width = 9;
            last = -1;
        }

        @Override
        void read(byte[] row, int count) throws ImageReadException {
            int to = 0;
            while (to < count) {
                if (stringAt == stringEnd) {
                    expand(code());
                }
                int some = Math.min(count - to, stringEnd - stringAt);
                System.arraycopy(string, stringAt, row, to, some);
                stringAt += some;
                to += some;
            }
        }

        private int code() throws ImageReadException {
            while (heldBits < width) {
                if (at >= end) {
                    throw truncated();
                }
                held = held << 8 | (packed(at++) & 0xff);
                heldBits += 8;
            }
            heldBits -= width;
            return held >> heldBits & ((1 << width) - 1);
        }

        private void expand(int code) throws ImageReadException {
            if (code == CLEAR) {
                clear();
                return;
            } else if (code == END) {
                throw truncated();
            }
            boolean fits = last < 0 ? code < CLEAR : code <= next && code < CODES;
            if (!fits) {
                throw in.error("TIFF is damaged: an LZW code before byte " + at + " is not in use yet");
            }
            if (last >= 0) {
                add(code);
            }
            int length = code < CLEAR ? 1 : lengths[code];
            int rest = code;
            for (int i = length - 1; i > 0; i--) {
                string[i] = suffix[rest];
                rest = prefix[rest];
            }
            string[0] = (byte) rest;
            stringAt = 0;
            stringEnd = length;
            last = code;
        }

        /** Notes the string before with the first byte of this one; a code not yet in use is that very string. */
        private void add(int code) {
            if (next >= CODES) {
                return;
            }
            int first = code == next ? last : code;
            while (first >= CLEAR) {
                first = prefix[first];
            }
            prefix[next] = (short) last;
            suffix[next] = (byte) first;
            lengths[next] = (short) ((last < CLEAR ? 1 : lengths[last]) + 1);
            next++;
            if (next == (1 << width) - 1 && width < 12) {
                width++;
            }
        }
    }
}
