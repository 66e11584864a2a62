package io.github.mdetr.nn.image;

/**
 * Reads BMP (headers of OS/2 and Windows, 1 to 32 bits a pixel, plain, run-length coded and with bit masks) to the pixels
 * of PIL's {@code convert("RGB")}.
 */
final class BmpDecoder {
    private final ImageInput in;
    private final BmpHeader header;
    private final byte[] rgb;

    private BmpDecoder(ImageInput in) throws ImageReadException {
        this.in = in;
        this.header = BmpHeader.read(in);
        this.rgb = new byte[header.width() * header.height() * 3];
    }

    /** The pixels, with transparency dropped or over white. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        BmpDecoder decoder = new BmpDecoder(in);
        if (decoder.header.runLength()) {
            decoder.paint(new BmpRuns(in, decoder.header).decode());
        } else {
            decoder.paint(overWhite);
        }
        RgbImage image = new RgbImage(decoder.header.width(), decoder.header.height(), decoder.rgb);
        return new DecodedImage(image, ImageOrientation.AS_STORED);
    }

    private int rowStart(int y) {
        return (header.topDown() ? y : header.height() - 1 - y) * header.width() * 3;
    }

    private void paint(byte[] indices) {
        int from = 0;
        for (int y = 0; y < header.height(); y++) {
            int to = rowStart(y);
            for (int x = 0; x < header.width(); x++, to += 3) {
                System.arraycopy(header.palette().colors(), (indices[from++] & 0xff) * 3, rgb, to, 3);
            }
        }
    }

    private void paint(boolean overWhite) throws ImageReadException {
        long stride = header.stride();
        // The last row may lack its filling.
        long end = header.data() + stride * (header.height() - 1) + header.rowBytes();
        if (end > in.length()) {
            throw in.error("BMP is truncated: its pixels end at byte " + end + ", the file at " + in.length());
        }
        for (int y = 0; y < header.height(); y++) {
            int from = (int) (header.data() + y * stride);
            switch (header.bits()) {
                case 1, 4, 8 -> paintIndexed(from, rowStart(y));
                case 16 -> paintPacked(from, rowStart(y));
                default -> paintBytes(from, rowStart(y), overWhite);
            }
        }
    }

    private void paintIndexed(int from, int at) {
        int bits = header.palette().depth();
        int mask = (1 << bits) - 1;
        byte[] colors = header.palette().colors();
        int to = at;
        for (int x = 0; x < header.width(); x++) {
            int bit = x * bits;
            int color = (in.u8(from + (bit >> 3)) >> (8 - bits - (bit & 7)) & mask) * 3;
            rgb[to++] = colors[color];
            rgb[to++] = colors[color + 1];
            rgb[to++] = colors[color + 2];
        }
    }

    private void paintPacked(int from, int at) {
        int greenBits = header.sixBitGreen() ? 6 : 5;
        int green = (1 << greenBits) - 1;
        int to = at;
        for (int x = 0; x < header.width(); x++) {
            int pixel = in.u8(from + 2 * x) | in.u8(from + 2 * x + 1) << 8;
            rgb[to++] = (byte) ((pixel >> (5 + greenBits) & 31) * 255 / 31);
            rgb[to++] = (byte) ((pixel >> 5 & green) * 255 / green);
            rgb[to++] = (byte) ((pixel & 31) * 255 / 31);
        }
    }

    private void paintBytes(int from, int at, boolean overWhite) {
        BmpHeader.Bytes order = header.order();
        int step = header.bits() / 8;
        boolean blend = overWhite && order.alpha() >= 0;
        int to = at;
        for (int pixel = from; pixel < from + header.width() * step; pixel += step) {
            rgb[to] = (byte) in.u8(pixel + order.red());
            rgb[to + 1] = (byte) in.u8(pixel + order.green());
            rgb[to + 2] = (byte) in.u8(pixel + order.blue());
            if (blend) {
                int alpha = in.u8(pixel + order.alpha());
                for (int c = to; c < to + 3; c++) {
                    rgb[c] = WhiteBackground.under(rgb[c] & 0xff, alpha);
                }
            }
            to += 3;
        }
    }
}
