package io.github.mdetr.nn.image;

/** What a file is, told from its first bytes, never from its name. */
enum ImageFormat {
    JPEG("JPEG"),
    PNG("PNG"),
    GIF("GIF"),
    BMP("BMP"),
    TIFF("TIFF"),
    WEBP("WebP"),
    HEIF("HEIF or AVIF"),
    JPEG_2000("JPEG 2000"),
    JPEG_XL("JPEG XL"),
    PSD("Photoshop"),
    ICO("icon"),
    PDF("PDF"),
    MARKUP("HTML, XML or SVG"),
    ARCHIVE("archive"),
    UNKNOWN("unknown");

    private final String label;

    ImageFormat(String label) {
        this.label = label;
    }

    /** The format's usual name. */
    String label() {
        return label;
    }

    static ImageFormat of(ImageInput in) {
        if (in.has(0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        } else if (in.has(0, "\u0089PNG\r\n\u001a\n")) {
            return PNG;
        } else if (in.has(0, "GIF8")) {
            return GIF;
        } else if (in.has(0, "BM")) {
            return BMP;
        } else if (in.has(0, "II*\0") || in.has(0, "MM\0*") || in.has(0, "II+\0") || in.has(0, "MM\0+")) {
            return TIFF;
        } else if (in.has(0, "RIFF") && in.has(8, "WEBP")) {
            return WEBP;
        } else if (in.has(4, "ftyp")) {
            return HEIF;
        } else if (in.has(4, "jP  ") || in.has(0, "\u00ffO\u00ffQ")) {
            return JPEG_2000;
        } else if (in.has(4, "JXL ") || in.has(0, "\u00ff\n")) {
            return JPEG_XL;
        } else if (in.has(0, "8BPS")) {
            return PSD;
        } else if (in.has(0, "\0\0\1\0")) {
            return ICO;
        } else if (in.has(0, "%PDF")) {
            return PDF;
        } else if (startsWithTag(in)) {
            return MARKUP;
        } else if (in.has(0, "PK\3\4") || in.has(0, "\u001f\u008b")) {
            return ARCHIVE;
        }
        return UNKNOWN;
    }

    private static boolean startsWithTag(ImageInput in) {
        int at = in.has(0, "\u00ef\u00bb\u00bf") ? 3 : 0;
        while (at < in.length() && Character.isWhitespace(in.u8(at))) {
            at++;
        }
        return in.has(at, "<");
    }
}
