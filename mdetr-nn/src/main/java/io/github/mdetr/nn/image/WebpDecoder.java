package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * Reads WebP (RFC 9649), lossy and lossless, to the pixels that libwebp with its defaults, and so PIL, gives. Of an
 * animation that is the canvas with its first frame; colour profiles are ignored.
 */
final class WebpDecoder {
    private static final int OPAQUE = 255;

    private final ImageInput in;
    private final WebpContainer container;
    private final WebpFrame frame;

    /** Whether transparency is laid over white, rather than dropped. */
    private final boolean blend;

    private final int stride;
    private final byte[] rgb;

    /** Where the frame's first pixel goes. */
    private final int corner;

    private WebpDecoder(ImageInput in, boolean overWhite) throws ImageReadException {
        this.in = in;
        this.container = WebpContainer.read(in);
        this.blend = overWhite && container.transparent();
        this.frame = container.frame();
        in.checkPixels("WebP", container.width(), container.height());
        this.stride = (int) container.width() * 3;
        this.rgb = new byte[stride * (int) container.height()];
        this.corner = frame.y() * stride + frame.x() * 3;
    }

    /** The pixels, with transparency dropped or over white; orientation not applied. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        WebpDecoder decoder = new WebpDecoder(in, overWhite);
        decoder.paint();
        WebpContainer container = decoder.container;
        RgbImage image = new RgbImage((int) container.width(), (int) container.height(), decoder.rgb);
        return new DecodedImage(image, container.orientation());
    }

    private void paint() throws ImageReadException {
        if (blend) {
            Arrays.fill(rgb, (byte) OPAQUE);
        }
        if (frame.lossless()) {
            paintLossless();
        } else {
            paintLossy();
        }
    }

    private void paintLossy() throws ImageReadException {
        Vp8Frame decoded = Vp8Frame.decode(in, frame.from(), frame.declared(), frame.end());
        new Vp8Renderer(decoded).render(rgb, corner, stride);
        if (!frame.hasAlphaChunk()) {
            return;
        }
        // Damage in it counts even where it is dropped.
        byte[] alpha = WebpAlpha.decode(in, frame.alphaFrom(), frame.alphaEnd(), frame.size());
        if (!blend) {
            return;
        }
        int from = 0;
        for (int y = 0; y < frame.size().height(); y++) {
            int to = corner + y * stride;
            for (int x = 0; x < frame.size().width(); x++, to += 3) {
                layOverWhite(to, alpha[from++] & 0xff);
            }
        }
    }

    private void paintLossless() throws ImageReadException {
        int[] pixels = Vp8lDecoder.decode(in, frame.from(), frame.end(), frame.size());
        int from = 0;
        for (int y = 0; y < frame.size().height(); y++) {
            int to = corner + y * stride;
            for (int x = 0; x < frame.size().width(); x++, to += 3) {
                int pixel = pixels[from++];
                rgb[to] = (byte) (pixel >> 16);
                rgb[to + 1] = (byte) (pixel >> 8);
                rgb[to + 2] = (byte) pixel;
                if (blend) {
                    layOverWhite(to, pixel >>> 24);
                }
            }
        }
    }

    private void layOverWhite(int at, int alpha) {
        if (alpha < OPAQUE) {
            for (int c = at; c < at + 3; c++) {
                rgb[c] = WhiteBackground.under(rgb[c] & 0xff, alpha);
            }
        }
    }
}
