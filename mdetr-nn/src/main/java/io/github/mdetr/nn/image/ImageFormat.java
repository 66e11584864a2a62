package io.github.mdetr.nn.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a file is, told from its first bytes, never from its name; and for what is not read, what to do about it. */
enum ImageFormat {
    JPEG("JPEG"),
    PNG("PNG"),
    GIF("GIF"),
    BMP("BMP"),
    TIFF("TIFF"),
    WEBP("WebP"),
    HEIF("a HEIF (HEIC) picture", Advice.CONVERT),
    AVIF("an AVIF picture", Advice.CONVERT),
    JPEG_2000("a JPEG 2000 picture", Advice.CONVERT),
    JPEG_XL("a JPEG XL picture", Advice.CONVERT),
    PSD("a Photoshop document", Advice.CONVERT),
    ICO("a Windows icon or cursor", Advice.CONVERT),
    TARGA("a Targa (TGA) picture", Advice.CONVERT),
    RAW("a camera raw file", Advice.DEVELOP),
    SVG("a drawing (SVG)", Advice.RENDER),
    PDF("a PDF document", Advice.RENDER),
    POSTSCRIPT("a PostScript document", Advice.RENDER),
    BIG_TIFF("a BigTIFF picture", Advice.CONVERT),
    NETPBM("a Netpbm picture", Advice.CONVERT),
    DICOM("a DICOM file", Advice.CONVERT),
    HDF5("an HDF5 file", Advice.CONVERT),
    NUMPY("a NumPy array", Advice.CONVERT),
    VIDEO("a video", Advice.FRAMES),
    AUDIO("a sound file", Advice.OTHER),
    LFS_POINTER("a pointer of Git LFS, not the picture itself", Advice.PULL),
    ANNEX_POINTER("a pointer of git-annex, not the picture itself", Advice.GET),
    DVC_POINTER("a DVC file, not the picture itself", Advice.DVC),
    BASE64("a picture in base64, not its bytes", Advice.DECODE),
    HTML("a page of HTML", Advice.DOWNLOAD),
    XML("an XML document", Advice.DOWNLOAD),
    JSON("a JSON document", Advice.DOWNLOAD),
    ZIP("a zip archive", Advice.UNPACK),
    GZIP("a gzip file", Advice.UNPACK),
    ARCHIVE("an archive", Advice.UNPACK),
    EMPTY("", Advice.EMPTY),
    ZEROS("", Advice.ZEROS),
    TEXT("a text file", Advice.OTHER),
    UNKNOWN("", Advice.UNKNOWN);

    private enum Advice {
        NONE("%s"),
        CONVERT("is %s, which is not read; convert it to PNG or JPEG"),
        DEVELOP("is %s, which is not read; develop it to JPEG, PNG or TIFF"),
        RENDER("is %s, not a picture of pixels; render it to PNG"),
        FRAMES("is %s, not a picture; take frames out of it, as PNG or JPEG"),
        PULL("is %s; fetch it (git lfs pull)"),
        GET("is %s; fetch it (git annex get)"),
        DVC("is %s; fetch it (dvc pull)"),
        DECODE("is %s; decode it (base64 -d)"),
        DOWNLOAD("is %s, not a picture; a download may have failed: look at it and fetch the picture again"),
        UNPACK("is %s, not a picture; unpack it first"),
        OTHER("is %s, not a picture; expected " + ImageReader.FORMATS),
        EMPTY("is empty, expected " + ImageReader.FORMATS + "; a download or copy may have failed"),
        ZEROS("holds nothing but zeros, expected " + ImageReader.FORMATS + "; a download or copy may have failed"),
        UNKNOWN("is not an image in a known format; expected " + ImageReader.FORMATS);

        private final String text;

        Advice(String text) {
            this.text = text;
        }
    }

    /** So much is looked at to tell text from data. */
    private static final int TEXT_BYTES = 1024;

    private static final int MOST_ZEROS_BY_CHANCE = 16;
    private static final int TARGA_HEAD = 18;

    /** A path in a git annex, as a file of text has it; or a picture's first bytes in base64. */
    private static final Pattern ANNEX = Pattern.compile("(\\.\\./)*(\\.git)?/?annex/objects/.*", Pattern.DOTALL);

    private static final Pattern PICTURE_IN_BASE64 =
            Pattern.compile("(data:image/|/9j/|iVBORw0KGg|R0lGOD|UklGR)[A-Za-z0-9+/=;,\\s-]*", Pattern.DOTALL);

    private final String label;
    private final Advice advice;

    ImageFormat(String label) {
        this(label, Advice.NONE);
    }

    ImageFormat(String label, Advice advice) {
        this.label = label;
        this.advice = advice;
    }

    /** What the file is and what to do, for a format that is not read. */
    String refusal() {
        return String.format(Locale.ROOT, advice.text, label);
    }

    static ImageFormat of(ImageInput in) {
        if (in.length() == 0) {
            return EMPTY;
        } else if (in.has(0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        } else if (in.has(0, "\u0089PNG\r\n\u001a\n")) {
            return PNG;
        } else if (in.has(0, "GIF87a") || in.has(0, "GIF89a")) {
            return GIF;
        } else if (in.has(0, "BM")) {
            return BMP;
        } else if (in.has(0, "RIFF") && in.has(8, "WEBP")) {
            return WEBP;
        }
        ImageFormat tiff = tiff(in);
        if (tiff != UNKNOWN) {
            return tiff;
        }
        ImageFormat box = in.has(4, "ftyp") ? ofBrand(in) : UNKNOWN;
        if (box != UNKNOWN) {
            return box;
        }
        ImageFormat other = otherBinary(in);
        return other != UNKNOWN ? other : ofText(in);
    }

    private static ImageFormat tiff(ImageInput in) {
        if (in.has(0, "FUJIFILMCCD-RAW") || in.has(0, "IIRO") || in.has(0, "IIRS") || in.has(0, "MMOR")) {
            return RAW;
        } else if (in.has(0, "IIU\0") || in.has(0, "\0MRM") || in.has(0, "FOVb") || in.has(6, "HEAPCCDR")) {
            return RAW;
        } else if (in.has(0, "II*\0") && in.has(8, "CR")) {
            return RAW;
        } else if (in.has(0, "II*\0") || in.has(0, "MM\0*")) {
            return TIFF;
        }
        return in.has(0, "II+\0") || in.has(0, "MM\0+") ? BIG_TIFF : UNKNOWN;
    }

    /** The kinds of files in the container of ISO/IEC 14496-12, by the first brand. */
    private static ImageFormat ofBrand(ImageInput in) {
        if (in.has(8, "avif") || in.has(8, "avis")) {
            return AVIF;
        } else if (in.has(8, "heic")
                || in.has(8, "heix")
                || in.has(8, "heim")
                || in.has(8, "heis")
                || in.has(8, "hevc")
                || in.has(8, "hevx")
                || in.has(8, "mif1")
                || in.has(8, "msf1")) {
            // The brand mif1 is common to both; those that follow tell.
            return has(in, 16, 64, "avif") ? AVIF : HEIF;
        } else if (in.has(8, "crx ")) {
            return RAW;
        } else if (in.has(8, "jp2 ") || in.has(8, "jpx ")) {
            return JPEG_2000;
        }
        return in.has(8, "M4A ") || in.has(8, "M4B ") ? AUDIO : VIDEO;
    }

    private static boolean has(ImageInput in, int from, int to, String brand) {
        for (int at = from; at < to; at += 4) {
            if (in.has(at, brand)) {
                return true;
            }
        }
        return false;
    }

    private static ImageFormat otherBinary(ImageInput in) {
        if (in.has(4, "jP  ") || in.has(0, "\u00ffO\u00ffQ")) {
            return JPEG_2000;
        } else if (in.has(4, "JXL ") || in.has(0, "\u00ff\n")) {
            return JPEG_XL;
        } else if (in.has(0, "8BPS")) {
            return PSD;
        } else if (in.has(0, "%PDF")) {
            return PDF;
        } else if (in.has(0, "%!PS") || in.has(0, "\u00c5\u00d0\u00d3\u00c6")) {
            return POSTSCRIPT;
        } else if (isVideo(in)) {
            return VIDEO;
        } else if (in.has(0, "ID3") || in.has(0, "fLaC") || in.has(8, "WAVE") || in.has(0, "OggS")) {
            return in.has(0, "OggS") && in.has(28, "\u0080theora") ? VIDEO : AUDIO;
        } else if (in.has(0, "PK\3\4") || in.has(0, "PK\5\6")) {
            return ZIP;
        } else if (in.has(0, "\u001f\u008b")) {
            return GZIP;
        } else if (isArchive(in)) {
            return ARCHIVE;
        } else if (in.has(128, "DICM")) {
            return DICOM;
        } else if (in.has(0, "\u0089HDF\r\n\u001a\n")) {
            return HDF5;
        } else if (in.has(0, "\u0093NUMPY")) {
            return NUMPY;
        } else if (isTarga(in)) {
            return TARGA;
        } else if (in.has(0, "\0\0\1\0") && isZero(in, 4, 20)) {
            return UNKNOWN;
        } else if (in.has(0, "\0\0\1\0") || in.has(0, "\0\0\2\0")) {
            return ICO;
        }
        return in.length() >= MOST_ZEROS_BY_CHANCE && isZero(in, 0, in.length()) ? ZEROS : UNKNOWN;
    }

    /** It has no signature at its beginning: the fields of its head must make sense together. */
    private static boolean isTarga(ImageInput in) {
        if (in.length() < TARGA_HEAD) {
            return false;
        }
        int map = in.u8(1);
        int kind = in.u8(2) & ~8; // 8: run lengths
        boolean kindOfMap = map == 0 ? (kind == 2 || kind == 3) && isZero(in, 3, 8) : map == 1 && kind == 1;
        int depth = in.u8(16);
        boolean depthOfKind = depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32;
        return kindOfMap && depthOfKind && !isZero(in, 12, 14) && !isZero(in, 14, 16) && in.u8(17) < 0x40;
    }

    private static boolean isVideo(ImageInput in) {
        boolean quickTime = in.has(4, "moov") || in.has(4, "mdat") || in.has(4, "wide") || in.has(4, "free");
        boolean matroska = in.has(0, "\u001aE\u00df\u00a3");
        boolean mpeg = in.has(0, "\0\0\1\u00ba") || in.has(0, "\0\0\1\u00b3") || (in.has(0, "G") && in.has(188, "G"));
        boolean windows = in.has(0, "0&\u00b2u") || (in.has(0, "RIFF") && in.has(8, "AVI "));
        return quickTime || matroska || mpeg || windows || in.has(0, "FLV\1");
    }

    private static boolean isArchive(ImageInput in) {
        boolean packed = in.has(0, "BZh") || in.has(0, "\u00fd7zXZ\0") || in.has(0, "(\u00b5/\u00fd");
        return packed || in.has(0, "Rar!") || in.has(0, "7z\u00bc\u00af") || in.has(257, "ustar");
    }

    private static boolean isZero(ImageInput in, int from, int to) {
        for (int i = from; i < Math.min(to, in.length()); i++) {
            if (in.u8(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static ImageFormat ofText(ImageInput in) {
        int from = in.has(0, "\u00ef\u00bb\u00bf") ? 3 : 0;
        int length = Math.min(in.length() - from, TEXT_BYTES);
        for (int i = from; i < from + length; i++) {
            int c = in.u8(i);
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f') {
                return UNKNOWN;
            }
        }
        String text = new String(in.bytes(), from, length, StandardCharsets.ISO_8859_1).strip();
        String lower = text.toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs.github.com/spec/")) {
            return LFS_POINTER;
        } else if (ANNEX.matcher(text).matches()) {
            return ANNEX_POINTER;
        } else if (text.startsWith("outs:") && text.contains("path:")) {
            return DVC_POINTER;
        } else if (PICTURE_IN_BASE64.matcher(text).matches()) {
            return BASE64;
        } else if (text.startsWith("<")) {
            if (lower.contains("<svg")) {
                return SVG;
            }
            return lower.startsWith("<?xml") && !lower.contains("<html") ? XML : HTML;
        } else if (text.startsWith("{") || text.startsWith("[")) {
            return JSON;
        } else if (text.length() > 2 && text.charAt(0) == 'P' && text.charAt(1) >= '1' && text.charAt(1) <= '7') {
            return NETPBM;
        }
        return length >= 4 ? TEXT : UNKNOWN;
    }
}
