package io.github.mdetr.nn.image;

/**
 * The colours of a BMP. Where they are the levels from black on in order, or black and white, PIL takes the pixels for
 * levels of 8 bits, or for bits, whatever the header says.
 */
final class BmpPalette {
    static final BmpPalette NONE = new BmpPalette(0);

    private static final int MOST = 256;

    private final byte[] colors = new byte[MOST * 3];
    private final int depth;

    private BmpPalette(int depth) {
        this.depth = depth;
    }

    /** 256 colours of three bytes; black beyond those that the file has. */
    byte[] colors() {
        return colors;
    }

    /** Bits of a pixel. */
    int depth() {
        return depth;
    }

    /**
     * Reads colours.
     *
     * @param from the first one's first byte
     * @param count how many
     * @param bytes of a colour, blue first
     * @param bits of a pixel
     */
    static BmpPalette read(ImageInput in, int from, long count, int bytes, int bits) throws ImageReadException {
        if (isGray(in, from, count, bytes)) {
            BmpPalette palette = new BmpPalette(count <= 2 ? 1 : 8);
            for (int i = 0; i < palette.colors.length; i++) {
                palette.colors[i] = (byte) (count <= 2 ? Math.min(i / 3, 1) * 255 : i / 3);
            }
            return palette;
        }
        if (count > MOST) {
            throw in.error("BMP declares " + count + " colours, expected at most " + MOST);
        }
        BmpPalette palette = new BmpPalette(bits);
        for (int i = 0; i < count; i++) {
            int at = from + i * bytes;
            if (at + bytes <= in.length()) {
                palette.colors[3 * i] = (byte) in.u8(at + 2);
                palette.colors[3 * i + 1] = (byte) in.u8(at + 1);
                palette.colors[3 * i + 2] = (byte) in.u8(at);
            }
        }
        return palette;
    }

    private static boolean isGray(ImageInput in, int from, long count, int bytes) {
        if (from + count * bytes > in.length()) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int level = (count == 2 ? i * 255 : i) & 0xff;
            int at = from + i * bytes;
            if (in.u8(at) != level || in.u8(at + 1) != level || in.u8(at + 2) != level) {
                return false;
            }
        }
        return true;
    }
}
