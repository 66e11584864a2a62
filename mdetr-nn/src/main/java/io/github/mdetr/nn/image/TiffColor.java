package io.github.mdetr.nn.image;

/** Turns a TIFF's samples, one byte each, into RGB as PIL's {@code convert("RGB")} does. */
final class TiffColor {
    private TiffColor() {}

    /** The pixels, with transparency dropped or over white; the samples are no longer needed. */
    static byte[] toRgb(ImageInput in, TiffDirectory tags, TiffLayout layout, byte[] bands, boolean overWhite)
            throws ImageReadException {
        if (layout.photometric() == TiffLayout.RGB && layout.bands() == 3) {
            return reversed(bands, layout);
        }
        byte[] rgb = new byte[layout.width() * layout.height() * 3];
        if (layout.photometric() == TiffLayout.RGB) {
            fromRgba(bands, rgb, layout.alpha() == TiffLayout.Alpha.MULTIPLIED);
        } else if (layout.photometric() == TiffLayout.CMYK) {
            fromCmyk(bands, layout.bands(), rgb);
        } else {
            byte[] colors = layout.photometric() == TiffLayout.PALETTE ? palette(in, tags) : grays(layout);
            byte[] indices = reversed(bands, layout);
            for (int i = 0; i < rgb.length / 3; i++) {
                System.arraycopy(colors, (indices[i * layout.bands()] & 0xff) * 3, rgb, i * 3, 3);
            }
        }
        if (overWhite && layout.alpha() != TiffLayout.Alpha.NONE && layout.photometric() != TiffLayout.CMYK) {
            layOverWhite(bands, layout.bands(), rgb);
        }
        return rgb;
    }

    /** Plain samples of 8 bits whose bits come in the other order; what is compressed was turned before. */
    private static byte[] reversed(byte[] bands, TiffLayout layout) {
        if (layout.reversed() && layout.compression() == TiffLayout.PLAIN && layout.bits() == 8) {
            for (int i = 0; i < bands.length; i++) {
                bands[i] = TiffData.REVERSED[bands[i] & 0xff];
            }
        }
        return bands;
    }

    private static void fromRgba(byte[] bands, byte[] rgb, boolean multiplied) {
        for (int i = 0; i < rgb.length / 3; i++) {
            int alpha = bands[i * 4 + 3] & 0xff;
            for (int c = 0; c < 3; c++) {
                int value = bands[i * 4 + c] & 0xff;
                if (multiplied) {
                    value = alpha == 0 ? 0 : Math.min(255, value * 255 / alpha);
                }
                rgb[i * 3 + c] = (byte) value;
            }
        }
    }

    private static void fromCmyk(byte[] bands, int count, byte[] rgb) {
        for (int i = 0; i < rgb.length / 3; i++) {
            int light = 255 - (bands[i * count + 3] & 0xff);
            for (int c = 0; c < 3; c++) {
                int product = (bands[i * count + c] & 0xff) * light + 128;
                rgb[i * 3 + c] = (byte) Math.max(0, light - (((product >> 8) + product) >> 8));
            }
        }
    }

    private static void layOverWhite(byte[] bands, int count, byte[] rgb) {
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = WhiteBackground.under(rgb[i] & 0xff, bands[i / 3 * count + count - 1] & 0xff);
        }
    }

    private static byte[] grays(TiffLayout layout) {
        int levels = 1 << layout.bits();
        byte[] colors = new byte[256 * 3];
        for (int i = 0; i < levels * 3; i++) {
            int level = i / 3 * 255 / (levels - 1);
            colors[i] = (byte) (layout.photometric() == TiffLayout.WHITE_IS_ZERO ? 255 - level : level);
        }
        return colors;
    }

    /** All reds, then all greens, then all blues, of 16 bits each. */
    private static byte[] palette(ImageInput in, TiffDirectory tags) throws ImageReadException {
        int count = tags.count(TiffDirectory.COLOR_MAP) / 3;
        if (count == 0 || count > 256) {
            throw in.error("TIFF has indexed pixels and a palette of " + count + " colours, expected 1 to 256");
        }
        byte[] colors = new byte[256 * 3];
        for (int i = 0; i < count * 3; i++) {
            colors[i] = (byte) (tags.value(TiffDirectory.COLOR_MAP, i % 3 * count + i / 3) >> 8);
        }
        return colors;
    }
}
