package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/**
 * Turns a PNG's rows of samples into RGB bytes as PIL's {@code convert("RGB")} does: palettes looked up (black beyond
 * their end), gray of 1, 2 and 4 bits spread over 0–255, of 16 bits a channel the high byte kept, but lone 16-bit gray
 * <em>clipped</em> at 255; transparency dropped, or laid over white where the image is to be shown.
 */
abstract class PngColor {
    /** Converts so many pixels of a row that begins at an offset. */
    abstract void convert(byte[] row, int offset, int pixels, byte[] rgb, int at);

    /**
     * The conversion for an image.
     *
     * @param palette RGB triples, empty without
     * @param transparency the tRNS chunk
     * @param overWhite whether transparency is laid over white rather than dropped
     */
    static PngColor of(PngHeader header, byte[] palette, byte @Nullable [] transparency, boolean overWhite) {
        byte[] key = overWhite && transparency != null ? transparency : new byte[0];
        return switch (header.colorType()) {
            case PngHeader.PALETTE -> new Indexed(header.bitDepth(), colors(palette, key));
            case PngHeader.RGB -> new Rgb(header.bitDepth() / 8, key.length >= 6 ? key : null);
            case PngHeader.GRAY_ALPHA -> new WithAlpha(header.bitDepth() / 8, 1, overWhite);
            case PngHeader.RGB_ALPHA -> new WithAlpha(header.bitDepth() / 8, 3, overWhite);
            default -> {
                int transparent = key.length >= 2 ? (key[0] & 0xff) << 8 | (key[1] & 0xff) : -1;
                yield header.bitDepth() == 16
                        ? new Gray16(transparent)
                        : new Indexed(header.bitDepth(), grays(header.bitDepth(), transparent));
            }
        };
    }

    private static byte[] colors(byte[] palette, byte[] alphas) {
        byte[] colors = new byte[256 * 3];
        System.arraycopy(palette, 0, colors, 0, Math.min(palette.length / 3 * 3, colors.length));
        for (int i = 0; i < Math.min(alphas.length, 256); i++) {
            for (int c = i * 3; c < i * 3 + 3; c++) {
                colors[c] = WhiteBackground.under(colors[c] & 0xff, alphas[i] & 0xff);
            }
        }
        return colors;
    }

    private static byte[] grays(int bitDepth, int transparent) {
        byte[] colors = new byte[256 * 3];
        int levels = 1 << bitDepth;
        for (int i = 0; i < levels * 3; i++) {
            colors[i] = (byte) (i / 3 == transparent ? 255 : i / 3 * 255 / (levels - 1));
        }
        return colors;
    }

    /** Samples of 1 to 8 bits that choose one of 256 colours. */
    private static final class Indexed extends PngColor {
        private final int bits;
        private final byte[] colors;

        Indexed(int bits, byte[] colors) {
            this.bits = bits;
            this.colors = colors;
        }

        @Override
        void convert(byte[] row, int offset, int pixels, byte[] rgb, int at) {
            int mask = (1 << bits) - 1;
            int to = at;
            for (int x = 0; x < pixels; x++) {
                int bit = x * bits;
                int color = ((row[offset + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask) * 3;
                rgb[to++] = colors[color];
                rgb[to++] = colors[color + 1];
                rgb[to++] = colors[color + 2];
            }
        }
    }

    private static final class Gray16 extends PngColor {
        private final int transparent;

        Gray16(int transparent) {
            this.transparent = transparent;
        }

        @Override
        void convert(byte[] row, int offset, int pixels, byte[] rgb, int at) {
            int to = at;
            for (int from = offset; from < offset + pixels * 2; from += 2) {
                int value = (row[from] & 0xff) << 8 | (row[from + 1] & 0xff);
                byte gray = (byte) (value == transparent ? 255 : Math.min(value, 255));
                rgb[to++] = gray;
                rgb[to++] = gray;
                rgb[to++] = gray;
            }
        }
    }

    private static final class Rgb extends PngColor {
        private final int bytes;
        private final byte @Nullable [] key;

        Rgb(int bytes, byte @Nullable [] key) {
            this.bytes = bytes;
            this.key = key;
        }

        @Override
        void convert(byte[] row, int offset, int pixels, byte[] rgb, int at) {
            if (bytes == 1) {
                System.arraycopy(row, offset, rgb, at, pixels * 3);
            } else {
                for (int i = 0; i < pixels * 3; i++) {
                    rgb[at + i] = row[offset + i * 2];
                }
            }
            if (key != null) {
                for (int x = 0; x < pixels; x++) {
                    if (isKey(row, offset + x * 3 * bytes, key)) {
                        rgb[at + x * 3] = -1;
                        rgb[at + x * 3 + 1] = -1;
                        rgb[at + x * 3 + 2] = -1;
                    }
                }
            }
        }

        /** Whether a pixel is the transparent one: all bits of its samples count. */
        private boolean isKey(byte[] row, int pixel, byte[] key) {
            for (int c = 0; c < 3; c++) {
                boolean low = row[pixel + c * bytes + bytes - 1] == key[c * 2 + 1];
                boolean high = bytes == 1 || row[pixel + c * bytes] == key[c * 2];
                if (!low || !high) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class WithAlpha extends PngColor {
        private final int bytes;
        private final int colors;
        private final boolean overWhite;

        WithAlpha(int bytes, int colors, boolean overWhite) {
            this.bytes = bytes;
            this.colors = colors;
            this.overWhite = overWhite;
        }

        @Override
        void convert(byte[] row, int offset, int pixels, byte[] rgb, int at) {
            int to = at;
            int from = offset;
            int next = colors == 3 ? bytes : 0;
            for (int x = 0; x < pixels; x++) {
                rgb[to] = row[from];
                rgb[to + 1] = row[from + next];
                rgb[to + 2] = row[from + 2 * next];
                if (overWhite) {
                    int alpha = row[from + colors * bytes] & 0xff;
                    for (int c = to; c < to + 3; c++) {
                        rgb[c] = WhiteBackground.under(rgb[c] & 0xff, alpha);
                    }
                }
                to += 3;
                from += (colors + 1) * bytes;
            }
        }
    }
}
