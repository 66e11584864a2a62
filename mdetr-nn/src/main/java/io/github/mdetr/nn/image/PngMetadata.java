package io.github.mdetr.nn.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The chunks of a PNG that may tell its orientation: {@code eXIf}, ImageMagick's {@code Raw profile type exif} text and
 * the XMP packet. Damage in them is ignored, for the pixels are whole without them.
 */
final class PngMetadata {
    private static final String RAW_EXIF = "Raw profile type exif";
    private static final String XMP = "XML:com.adobe.xmp";

    /** Text beyond this is not looked at. */
    private static final int MAX_TEXT = 1 << 20;

    /** So many texts are looked at, for each may be large once it is inflated. */
    private static final int MAX_TEXTS = 8;

    private final ImageInput in;
    private final ImageOrientation.Finder finder = new ImageOrientation.Finder();
    private int texts;

    PngMetadata(ImageInput in) {
        this.in = in;
    }

    ImageOrientation orientation() {
        return finder.found();
    }

    /** Looks at a chunk by the offsets of its type and data. */
    void read(int type, int data, int length) {
        if (in.has(type, "eXIf")) {
            // Some writers keep the prefix that JPEG needs.
            int prefix = in.has(data, "Exif\0\0") ? 6 : 0;
            finder.readExif(in.bytes(), data + Math.min(prefix, length), data + length);
        } else if (in.has(type, "tEXt") || in.has(type, "zTXt") || in.has(type, "iTXt")) {
            readText(type, data, data + length);
        }
    }

    private void readText(int type, int data, int end) {
        boolean raw = in.has(data, RAW_EXIF + "\0");
        boolean xmp = in.has(data, XMP + "\0");
        if ((!raw && !xmp) || ++texts > MAX_TEXTS) {
            return;
        }
        int at = data + (raw ? RAW_EXIF : XMP).length() + 1;
        boolean compressed = false;
        if (in.has(type, "zTXt")) {
            compressed = true;
            at += 1;
        } else if (in.has(type, "iTXt")) {
            compressed = at < end && in.u8(at) == 1;
            // Compression flag and method, then language and translated keyword, each ended by a zero.
            at = afterZero(afterZero(at + 2, end), end);
        }
        if (at > end || end - at > MAX_TEXT) {
            return;
        }
        byte[] text = compressed ? inflate(in.bytes(), at, end - at) : null;
        byte[] bytes = text == null ? in.bytes() : text;
        int from = text == null ? at : 0;
        int to = text == null ? end : text.length;
        if (xmp) {
            finder.readXmp(bytes, from, to);
        } else {
            byte[] exif = unhex(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            int prefix = exif.length >= 6 && exif[0] == 'E' ? 6 : 0;
            finder.readExif(exif, prefix, exif.length);
        }
    }

    private int afterZero(int at, int end) {
        int i = at;
        while (i < end && in.u8(i) != 0) {
            i++;
        }
        return i + 1;
    }

    /** The profile's form: an empty line, its kind, its length, then lines of hexadecimal digits. */
    private static byte[] unhex(String text) {
        String[] lines = text.split("\n", 4);
        String digits = lines.length < 4 ? "" : lines[3].replaceAll("[^0-9a-fA-F]", "");
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(i * 2, i * 2 + 2), 16);
        }
        return bytes;
    }

    private static byte[] inflate(byte[] bytes, int at, int length) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes, at, length);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] buffer = new byte[4096];
            int count;
            while (text.size() < MAX_TEXT && (count = inflater.inflate(buffer)) > 0) {
                text.write(buffer, 0, count);
            }
            return text.toByteArray();
        } catch (DataFormatException e) {
            return new byte[0];
        } finally {
            inflater.end();
        }
    }
}
