package io.github.mdetr.nn.image;

import java.util.List;

/** From a JPEG's components to RGB: which transform applies, as libjpeg decides it, and the transform, as PIL's. */
enum JpegColor {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK;

    // The contributions of chroma in 16-bit fixed point, those to red and blue rounded at once (JFIF 1.02).
    private static final int[] CR_TO_RED = new int[256];
    private static final int[] CR_TO_GREEN = new int[256];
    private static final int[] CB_TO_GREEN = new int[256];
    private static final int[] CB_TO_BLUE = new int[256];

    static {
        int half = 1 << 15;
        for (int i = 0; i < 256; i++) {
            int chroma = i - 128;
            CR_TO_RED[i] = (fixed(1.40200) * chroma + half) >> 16;
            CB_TO_BLUE[i] = (fixed(1.77200) * chroma + half) >> 16;
            CR_TO_GREEN[i] = -fixed(0.71414) * chroma;
            CB_TO_GREEN[i] = -fixed(0.34414) * chroma + half;
        }
    }

    private static int fixed(double x) {
        return (int) (x * (1 << 16) + 0.5);
    }

    /** Three components are YCbCr unless an Adobe segment or the components' names say RGB; JFIF is always YCbCr. */
    static JpegColor of(JpegFrame frame, JpegMarkers markers) {
        List<JpegComponent> components = frame.components();
        if (components.size() == 1) {
            return GRAY;
        }
        if (components.size() == 4) {
            return markers.adobeTransform() <= 0 ? CMYK : YCCK;
        }
        if (markers.jfif()) {
            return YCC;
        }
        if (markers.adobeTransform() >= 0) {
            return markers.adobeTransform() == 0 ? RGB : YCC;
        }
        boolean named = components.get(0).id == 'R' && components.get(1).id == 'G' && components.get(2).id == 'B';
        return named ? RGB : YCC;
    }

    /** Converts the row that is selected in the planes to so many pixels of RGB. */
    void convert(JpegPlane[] planes, int pixels, byte[] rgb, int at) {
        switch (this) {
            case GRAY -> repeatGray(planes[0], pixels, rgb, at);
            case RGB -> interleave(planes, pixels, rgb, at);
            case YCC -> convertYcc(planes, pixels, rgb, at);
            case CMYK -> {
                interleave(planes, pixels, rgb, at);
                darken(planes[3], pixels, rgb, at);
            }
            case YCCK -> {
                // YCCK's first three make 255 − CMY; PIL takes every CMYK JPEG for inverted, as Adobe writes them.
                convertYcc(planes, pixels, rgb, at);
                for (int i = at; i < at + pixels * 3; i++) {
                    rgb[i] = (byte) ~rgb[i];
                }
                darken(planes[3], pixels, rgb, at);
            }
        }
    }

    private static void repeatGray(JpegPlane plane, int pixels, byte[] rgb, int at) {
        byte[] row = plane.row();
        int from = plane.rowOffset();
        for (int x = 0; x < pixels; x++) {
            byte gray = row[from + x];
            rgb[at + 3 * x] = gray;
            rgb[at + 3 * x + 1] = gray;
            rgb[at + 3 * x + 2] = gray;
        }
    }

    private static void interleave(JpegPlane[] planes, int pixels, byte[] rgb, int at) {
        for (int c = 0; c < 3; c++) {
            byte[] row = planes[c].row();
            int from = planes[c].rowOffset();
            for (int x = 0; x < pixels; x++) {
                rgb[at + 3 * x + c] = row[from + x];
            }
        }
    }

    private static void convertYcc(JpegPlane[] planes, int pixels, byte[] rgb, int at) {
        byte[] lumas = planes[0].row();
        byte[] blues = planes[1].row();
        byte[] reds = planes[2].row();
        int lumaAt = planes[0].rowOffset();
        int blueAt = planes[1].rowOffset();
        int redAt = planes[2].rowOffset();
        int to = at;
        for (int x = 0; x < pixels; x++) {
            int luma = lumas[lumaAt + x] & 0xff;
            int cb = blues[blueAt + x] & 0xff;
            int cr = reds[redAt + x] & 0xff;
            rgb[to] = (byte) clamp(luma + CR_TO_RED[cr]);
            rgb[to + 1] = (byte) clamp(luma + ((CB_TO_GREEN[cb] + CR_TO_GREEN[cr]) >> 16));
            rgb[to + 2] = (byte) clamp(luma + CB_TO_BLUE[cb]);
            to += 3;
        }
    }

    /**
     * PIL's CMYK to RGB, {@code K' − C·K'/255} with K' = 255 − K, for stored (inverted) values: C = 255 − stored. The
     * quotient is rounded.
     */
    private static void darken(JpegPlane black, int pixels, byte[] rgb, int at) {
        byte[] row = black.row();
        int from = black.rowOffset();
        for (int x = 0; x < pixels; x++) {
            int light = row[from + x] & 0xff;
            for (int i = at + 3 * x; i < at + 3 * x + 3; i++) {
                int product = (255 - (rgb[i] & 0xff)) * light + 128;
                rgb[i] = (byte) clamp(light - (((product >> 8) + product) >> 8));
            }
        }
    }

    private static int clamp(int value) {
        return (value & ~0xff) == 0 ? value : (~value >> 31) & 0xff;
    }
}
