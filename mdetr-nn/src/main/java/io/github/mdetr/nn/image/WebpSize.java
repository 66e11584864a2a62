package io.github.mdetr.nn.image;

/** The size of a frame, as its bitstream says, with the checks of its first bytes. */
record WebpSize(int width, int height) {
    private static final int LOSSY_HEADER = 10;
    private static final int LOSSLESS_HEADER = 5;
    private static final int LOSSLESS_SIGNATURE = 0x2f;

    /**
     * The size of a VP8 key frame (RFC 6386, section 9.1).
     *
     * @param from first byte
     * @param declared length as the chunk says
     * @param end where it ends, a byte of padding included
     */
    static WebpSize ofLossy(ImageInput in, int from, long declared, int end) throws ImageReadException {
        if (end - from < LOSSY_HEADER) {
            throw in.error("WebP is truncated: its image has " + (end - from) + " bytes, less than a header");
        }
        int tag = in.u24le(from);
        int width = (in.u8(from + 6) | in.u8(from + 7) << 8) & 0x3fff;
        int height = (in.u8(from + 8) | in.u8(from + 9) << 8) & 0x3fff;
        boolean key = (tag & 1) == 0;
        boolean shown = (tag >> 4 & 1) == 1;
        if (!in.has(from + 3, "\u009d\1*") || !key || !shown || (tag >> 1 & 7) > 3 || width == 0 || height == 0) {
            throw in.error("WebP is damaged: its image does not begin with a VP8 key frame");
        }
        if (tag >> 5 >= declared) {
            throw in.error("WebP is damaged: the first partition is longer than the image of " + declared + " bytes");
        }
        return new WebpSize(width, height);
    }

    /** The size of a VP8L image (RFC 9649, section 3.4). */
    static WebpSize ofLossless(ImageInput in, int from, int end) throws ImageReadException {
        if (end - from < LOSSLESS_HEADER) {
            throw in.error("WebP is truncated: its image has " + (end - from) + " bytes, less than a header");
        }
        if (in.u8(from) != LOSSLESS_SIGNATURE || in.u8(from + 4) >> 5 != 0) {
            throw in.error("WebP is damaged: its image does not begin with a VP8L header of version 0");
        }
        int bits = (int) in.u32le(from + 1);
        return new WebpSize((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }

    /** Whether a VP8L image says that its alpha is used. */
    static boolean losslessAlpha(ImageInput in, int from) {
        return (in.u8(from + 4) & 0x10) != 0;
    }
}
