package io.github.mdetr.nn.image;

/**
 * A PNG's IHDR chunk (PNG specification, third edition, 11.2.1).
 *
 * @param width pixels a row
 * @param height rows
 * @param bitDepth bits of a sample: 1, 2, 4, 8 or 16
 * @param colorType 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha
 * @param interlaced whether the pixels come in the seven passes of Adam7
 */
record PngHeader(int width, int height, int bitDepth, int colorType, boolean interlaced) {
    static final int GRAY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GRAY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    /** Length of its data. */
    private static final int LENGTH = 13;

    /** Reads the chunk whose data begins at an offset. */
    static PngHeader read(ImageInput in, int data, int length) throws ImageReadException {
        if (length < LENGTH) {
            throw in.error("PNG has an IHDR chunk of " + length + " bytes, expected 13");
        }
        if (length > LENGTH) {
            in.note("PNG has an IHDR chunk of " + length + " bytes, expected 13");
        }
        int width = in.i32(data);
        int height = in.i32(data + 4);
        int bitDepth = in.u8(data + 8);
        int colorType = in.u8(data + 9);
        if (width < 1 || height < 1) {
            throw in.error("PNG declares a size of " + Integer.toUnsignedLong(width) + "x"
                    + Integer.toUnsignedLong(height) + "; expected 1 to 2147483647 a side");
        }
        if (!allowed(colorType, bitDepth)) {
            throw in.error("PNG declares colour type " + colorType + " with " + bitDepth
                    + " bits a sample, which the format does not have");
        }
        String methods = "PNG declares compression " + in.u8(data + 10) + ", filter " + in.u8(data + 11)
                + ", interlace " + in.u8(data + 12) + "; expected 0, 0 and 0 or 1";
        if (in.u8(data + 11) != 0) {
            throw in.error(methods);
        }
        if (in.u8(data + 10) != 0 || in.u8(data + 12) > 1) {
            in.note(methods);
        }
        in.checkPixels("PNG", width, height);
        return new PngHeader(width, height, bitDepth, colorType, in.u8(data + 12) != 0);
    }

    private static boolean allowed(int colorType, int bitDepth) {
        return switch (colorType) {
            case GRAY -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
            case PALETTE -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
            case RGB, GRAY_ALPHA, RGB_ALPHA -> bitDepth == 8 || bitDepth == 16;
            default -> false;
        };
    }

    int bitsPerPixel() {
        int samples = switch (colorType) {
            case RGB -> 3;
            case GRAY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
        return samples * bitDepth;
    }

    /** Bytes of a row of so many pixels, without its filter byte. */
    int rowBytes(int pixels) {
        return Math.toIntExact(((long) pixels * bitsPerPixel() + 7) / 8);
    }
}
