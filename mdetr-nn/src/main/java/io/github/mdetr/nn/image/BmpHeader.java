package io.github.mdetr.nn.image;

import java.util.Locale;
import java.util.Set;

/**
 * What the headers of a BMP say.
 *
 * @param width pixels a row
 * @param height rows
 * @param topDown whether the first row is the upper one
 * @param bits of a pixel: 1, 4, 8, 16, 24 or 32
 * @param compression 0 none, 1 and 2 runs of 8 and 4 bits, 3 bit masks
 * @param sixBitGreen of 16 bits, whether green has six
 * @param order where the colours of a pixel of 24 or 32 bits lie
 * @param palette the colours of pixels of 8 bits or fewer
 * @param data where the pixels begin
 */
record BmpHeader(
        int width,
        int height,
        boolean topDown,
        int bits,
        int compression,
        boolean sixBitGreen,
        Bytes order,
        BmpPalette palette,
        int data) {
    static final int RUNS_8 = 1;
    static final int RUNS_4 = 2;
    private static final int MASKS = 3;

    /** The first header: signature, lengths, where the pixels begin. */
    private static final int FILE_HEADER = 14;

    /** The second one of OS/2, with sides of 16 bits and colours of three bytes. */
    private static final int CORE = 12;

    /** The plain one of Windows; masks follow behind it. */
    private static final int INFO = 40;

    /** From this length on a header has a mask for alpha. */
    private static final int WITH_ALPHA = 56;

    /** Which byte of a pixel is which colour; alpha is −1 where there is none. */
    record Bytes(int red, int green, int blue, int alpha) {
        static final Bytes BGR = new Bytes(2, 1, 0, -1);
    }

    boolean runLength() {
        return compression == RUNS_8 || compression == RUNS_4;
    }

    /** Bytes of a row without what fills it up. */
    long rowBytes() {
        return ((long) width * (bits <= 8 ? palette.depth() : bits) + 7) / 8;
    }

    /** Bytes from row to row. */
    long stride() {
        return ((long) width * bits + 31) / 32 * 4;
    }

    static BmpHeader read(ImageInput in) throws ImageReadException {
        int length = in.length() < FILE_HEADER + 4 ? -1 : (int) Math.min(in.u32le(FILE_HEADER), Integer.MAX_VALUE);
        boolean core = length == CORE;
        boolean known = core || length == INFO || length == 52 || length == WITH_ALPHA || length == 64;
        if (!known && length != 108 && length != 124) {
            throw in.error(
                    length < 0
                            ? "BMP is truncated within its header, after " + in.length() + " bytes"
                            : "BMP has a header of " + length + " bytes, which no version of the format has");
        }
        int end = FILE_HEADER + length;
        if (end > in.length()) {
            throw in.error("BMP is truncated within its header, after " + in.length() + " bytes");
        }
        int at = FILE_HEADER + 4;
        boolean topDown = !core && in.u8(at + 7) == 0xff;
        long width = core ? u16(in, at) : in.u32le(at);
        long height = core ? u16(in, at + 2) : in.u32le(at + 4);
        if (topDown) {
            height = (1L << 32) - height;
        }
        if (width == 0 || height == 0) {
            throw in.error("BMP declares a size of " + width + "x" + height + ", expected at least one pixel");
        }
        in.checkPixels("BMP", width, height);
        int bits = u16(in, at + (core ? 6 : 10));
        long compression = core ? 0 : in.u32le(at + 12);
        long colors = core ? 0 : in.u32le(at + 28);
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw in.error("BMP has " + bits + " bits a pixel, expected 1, 4, 8, 16, 24 or 32");
        }
        if (compression > MASKS || (compression != 0 && compression != MASKS && bits > 8)) {
            throw in.error("BMP has compression " + compression + " of " + bits
                    + " bits a pixel, which is not read; convert it to PNG");
        }
        Masks masks = compression == MASKS ? Masks.read(in, bits, length, end) : Masks.NONE;
        int paletteAt = compression == MASKS && length == INFO ? end + 12 : end;
        int colorBytes = core ? 3 : 4;
        if (colors == 0) {
            colors = bits <= 8 ? 1 << bits : 0;
        }
        BmpPalette palette = bits <= 8 ? BmpPalette.read(in, paletteAt, colors, colorBytes, bits) : BmpPalette.NONE;
        boolean runs = compression == RUNS_8 || compression == RUNS_4;
        long rowBytes = (width * palette.depth() + 7) / 8;
        if (!runs && rowBytes > (width * bits + 31) / 32 * 4) {
            throw in.error("BMP has a palette of " + colors + " gray levels for " + bits
                    + " bits a pixel, which is not read; convert it to PNG");
        }
        long data = in.u32le(10);
        if (data == end && bits <= 8) {
            // Some writers leave the colours out of account.
            data += colors * colorBytes;
        } else if (data == 0) {
            data = paletteAt + (bits <= 8 ? colors * colorBytes : 0);
        }
        if (data > in.length()) {
            throw in.error("BMP is truncated: its pixels begin at byte " + data + ", the file ends at " + in.length());
        }
        return new BmpHeader(
                (int) width,
                (int) height,
                topDown,
                bits,
                (int) compression,
                masks.sixBitGreen(),
                masks.order(),
                palette,
                (int) data);
    }

    private static int u16(ImageInput in, int at) {
        return in.u8(at) | in.u8(at + 1) << 8;
    }

    /** Which bits are which colour. */
    private record Masks(boolean sixBitGreen, Bytes order) {
        static final Masks NONE = new Masks(false, Bytes.BGR);

        /** The orders of 32 bits that PIL takes. */
        private static final Set<Bytes> TAKEN = Set.of(
                new Bytes(2, 1, 0, -1),
                new Bytes(3, 2, 1, -1),
                new Bytes(3, 1, 0, -1),
                new Bytes(3, 2, 1, 0),
                new Bytes(0, 1, 2, 3),
                new Bytes(2, 1, 0, 3),
                new Bytes(3, 1, 0, 2));

        static Masks read(ImageInput in, int bits, int length, int end) throws ImageReadException {
            int at = length == INFO ? end : FILE_HEADER + INFO;
            if (at + 12 > in.length()) {
                throw in.error("BMP is truncated within its header, after " + in.length() + " bytes");
            }
            long red = in.u32le(at);
            long green = in.u32le(at + 4);
            long blue = in.u32le(at + 8);
            long alpha = length >= WITH_ALPHA ? in.u32le(at + 12) : 0;
            if (bits == 16 && red == 0xf800 && green == 0x7e0 && blue == 0x1f) {
                return new Masks(true, Bytes.BGR);
            } else if (bits == 16 && red == 0x7c00 && green == 0x3e0 && blue == 0x1f) {
                return NONE;
            } else if (bits == 24 && red == 0xff0000 && green == 0xff00 && blue == 0xff) {
                return NONE;
            } else if (bits == 32 && (red | green | blue | alpha) == 0) {
                return new Masks(false, new Bytes(2, 1, 0, 3));
            }
            Bytes order = new Bytes(byteOf(red), byteOf(green), byteOf(blue), byteOf(alpha));
            if (bits != 32 || (alpha != 0 && order.alpha < 0) || !TAKEN.contains(order)) {
                throw in.error(String.format(
                        Locale.ROOT,
                        "BMP has bit masks %x, %x, %x and %x of %d bits, which are not read; convert it to PNG",
                        red,
                        green,
                        blue,
                        alpha,
                        bits));
            }
            return new Masks(false, order);
        }

        private static int byteOf(long mask) {
            for (int i = 0; i < 4; i++) {
                if (mask == 0xffL << (8 * i)) {
                    return i;
                }
            }
            return -1;
        }
    }
}
