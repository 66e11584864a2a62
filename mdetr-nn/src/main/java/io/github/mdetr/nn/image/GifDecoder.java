package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/** Reads the first frame of a GIF to the pixels of PIL's {@code convert("RGB")}. */
final class GifDecoder {
    private static final int HEADER = 13;
    private static final int INTERLACED = 0x40;
    private static final int PALETTE = 0x80;

    /** A code has three bits at least, and stands for at most 4096 pixels. */
    private static final int MAX_PIXELS_A_BYTE = 3 * 4096;

    private final ImageInput in;
    private int at = HEADER;

    /** The index that is transparent, −1 without. */
    private int transparent = -1;

    private byte @Nullable [] palette;

    private GifDecoder(ImageInput in) {
        this.in = in;
    }

    /** The pixels, with transparency dropped or over white. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        return new DecodedImage(new GifDecoder(in).read(overWhite), ImageOrientation.AS_STORED);
    }

    private RgbImage read(boolean overWhite) throws ImageReadException {
        need(0, "its header");
        int flags = in.u8(10);
        if ((flags & PALETTE) != 0) {
            palette = readPalette(flags);
        }
        passExtensions();
        need(10, "its first frame");
        int left = u16(at);
        int top = u16(at + 2);
        int frameWidth = u16(at + 4);
        int frameHeight = u16(at + 6);
        int frameFlags = in.u8(at + 8);
        at += 9;
        if ((frameFlags & PALETTE) != 0) {
            byte[] own = readPalette(frameFlags);
            palette = own == null ? palette : own;
        }
        need(1, "its first frame");
        int bits = in.u8(at++);
        // A frame beyond the canvas enlarges it.
        int width = Math.max(u16(6), left + frameWidth);
        int height = Math.max(u16(8), top + frameHeight);
        if (frameWidth == 0 || frameHeight == 0) {
            throw in.error("GIF has a frame of " + frameWidth + "x" + frameHeight + ", expected at least one pixel");
        }
        in.checkPixels("GIF", width, height);
        if ((long) frameWidth * frameHeight / MAX_PIXELS_A_BYTE > in.length()) {
            throw in.error("GIF is truncated: " + in.length() + " bytes cannot hold " + frameWidth + "x" + frameHeight
                    + " pixels");
        }
        byte[] colors = colors(overWhite);
        byte[] rgb = new byte[width * height * 3];
        if (frameWidth < width || frameHeight < height) {
            int background = transparent < 0 ? 0 : transparent * 3;
            for (int i = 0; i < rgb.length; i += 3) {
                System.arraycopy(colors, background, rgb, i, 3);
            }
        }
        byte[] indices = new GifCodes(in, at, bits).decode(frameWidth * frameHeight);
        boolean interlaced = (frameFlags & INTERLACED) != 0;
        for (int row = 0; row < frameHeight; row++) {
            int y = interlaced ? interlacedRow(row, frameHeight) : row;
            int to = ((top + y) * width + left) * 3;
            int from = row * frameWidth;
            for (int x = 0; x < frameWidth; x++, to += 3) {
                int color = (indices[from + x] & 0xff) * 3;
                rgb[to] = colors[color];
                rgb[to + 1] = colors[color + 1];
                rgb[to + 2] = colors[color + 2];
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** Where the row that comes so late goes: every eighth from 0, from 4, every fourth from 2, every second from 1. */
    private static int interlacedRow(int row, int height) {
        int first = (height + 7) / 8;
        int second = first + (height + 3) / 8;
        int third = second + (height + 1) / 4;
        if (row < first) {
            return row * 8;
        } else if (row < second) {
            return (row - first) * 8 + 4;
        }
        return row < third ? (row - second) * 4 + 2 : (row - third) * 2 + 1;
    }

    /** Reads on to behind the comma that begins a frame; an extension may name the transparent index. */
    private void passExtensions() throws ImageReadException {
        while (true) {
            need(1, "its first frame");
            int kind = in.u8(at++);
            if (kind == ',') {
                return;
            } else if (kind == ';') {
                throw in.error("GIF has no image");
            } else if (kind == '!') {
                need(2, "an extension");
                boolean control = in.u8(at) == 0xf9;
                boolean comment = in.u8(at) == 0xfe;
                at++;
                int length = in.u8(at);
                if (control && length > 0) {
                    need(1 + length, "an extension");
                    boolean keyed = (in.u8(at + 1) & 1) != 0;
                    if (length < (keyed ? 4 : 3)) {
                        throw in.error("GIF is damaged: its graphic control has " + length + " bytes, expected 4");
                    }
                    transparent = keyed ? in.u8(at + 4) : transparent;
                }
                passBlocks();
                if (length == 0 && !comment) {
                    // PIL looks for the blocks' end once more.
                    passBlocks();
                }
            } else if (kind != 0) {
                in.note("GIF is damaged: bytes that belong to nothing at byte " + (at - 1));
            }
        }
    }

    private void passBlocks() throws ImageReadException {
        int length;
        do {
            need(1, "an extension");
            length = in.u8(at++);
            at = (int) Math.min(in.length(), (long) at + length);
        } while (length > 0);
    }

    /** A palette; null where each index is its own level of gray, for then PIL does as if there were none. */
    private byte @Nullable [] readPalette(int flags) throws ImageReadException {
        int length = 3 << ((flags & 7) + 1);
        need(length, "its palette");
        byte[] colors = new byte[256 * 3];
        System.arraycopy(in.bytes(), at, colors, 0, length);
        at += length;
        return isGray(colors, length) ? null : colors;
    }

    private static boolean isGray(byte[] colors, int length) {
        for (int i = 0; i < length; i++) {
            if ((colors[i] & 0xff) != i / 3) {
                return false;
            }
        }
        return true;
    }

    private static byte[] grays() {
        byte[] colors = new byte[256 * 3];
        for (int i = 0; i < colors.length; i++) {
            colors[i] = (byte) (i / 3);
        }
        return colors;
    }

    private byte[] colors(boolean overWhite) {
        byte[] colors = palette == null ? grays() : palette.clone();
        if (overWhite && transparent >= 0) {
            for (int c = transparent * 3; c < transparent * 3 + 3; c++) {
                colors[c] = -1;
            }
        }
        return colors;
    }

    private int u16(int offset) {
        return in.u8(offset) | in.u8(offset + 1) << 8;
    }

    private void need(int bytes, String what) throws ImageReadException {
        if (in.length() < (long) at + bytes) {
            throw in.error("GIF is truncated within " + what + ", after " + in.length() + " bytes");
        }
    }
}
