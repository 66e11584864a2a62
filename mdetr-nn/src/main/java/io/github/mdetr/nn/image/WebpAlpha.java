package io.github.mdetr.nn.image;

/** The alpha plane of a lossy image (RFC 9649, section 2.7.1.2). */
final class WebpAlpha {
    private static final int LOSSLESS = 1;

    private WebpAlpha() {}

    /** One byte a pixel, from the bytes [from, end) of an ALPH chunk. */
    static byte[] decode(ImageInput in, int from, int end, WebpSize size) throws ImageReadException {
        if (from >= end) {
            throw in.error("WebP is damaged: its ALPH chunk is empty");
        }
        int header = in.u8(from);
        int method = header & 3;
        int filter = header >> 2 & 3;
        int levels = header >> 4 & 3;
        if (method > LOSSLESS || levels > 1 || header >> 6 > 0) {
            throw in.error("WebP is damaged: its alpha has method " + method + " and preprocessing " + levels
                    + ", expected 0 or 1 each");
        }
        byte[] alpha = method == LOSSLESS ? lossless(in, from + 1, end, size) : raw(in, from + 1, end, size);
        unfilter(alpha, size, filter);
        return alpha;
    }

    private static byte[] raw(ImageInput in, int from, int end, WebpSize size) throws ImageReadException {
        int count = size.width() * size.height();
        if (end - from < count) {
            throw in.error("WebP is truncated: its alpha has " + (end - from) + " bytes, expected " + count);
        }
        byte[] alpha = new byte[count];
        System.arraycopy(in.bytes(), from, alpha, 0, count);
        return alpha;
    }

    private static byte[] lossless(ImageInput in, int from, int end, WebpSize size) throws ImageReadException {
        int[] pixels = Vp8lDecoder.decodeHeaderless(in, from, end, size);
        byte[] alpha = new byte[pixels.length];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = (byte) (pixels[i] >> 8);
        }
        return alpha;
    }

    /** Adds what the neighbours foretell: nothing, the left, the upper, or a gradient of them. */
    private static void unfilter(byte[] alpha, WebpSize size, int filter) {
        int width = size.width();
        if (filter == 0) {
            return;
        }
        for (int x = 1; x < width; x++) {
            alpha[x] += alpha[x - 1];
        }
        for (int row = width; row < alpha.length; row += width) {
            alpha[row] += alpha[row - width];
            for (int i = row + 1; i < row + width; i++) {
                int left = alpha[i - 1] & 0xff;
                int above = alpha[i - width] & 0xff;
                int corner = alpha[i - width - 1] & 0xff;
                alpha[i] += switch (filter) {
                    case 1 -> (byte) left;
                    case 2 -> (byte) above;
                    default -> Vp8Transform.clamp(left + above - corner);
                };
            }
        }
    }
}
