package io.github.mdetr.nn.image;

import java.nio.charset.StandardCharsets;

/** The bytes of an image file, what to call it in errors, and the limit on its pixels. */
final class ImageInput {
    private final String name;
    private final byte[] bytes;
    private final long maxPixels;
    private final ImageNotes notes;

    ImageInput(String name, byte[] bytes, long maxPixels, ImageNotes notes) {
        this.name = name;
        this.bytes = bytes;
        this.maxPixels = maxPixels;
        this.notes = notes;
    }

    /** What errors call the file. */
    String name() {
        return name;
    }

    /** The file, not a copy. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    int u8(int at) {
        return bytes[at] & 0xff;
    }

    int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    /** Four bytes, the highest first; negative from 2^31 on. */
    int i32(int at) {
        return u16(at) << 16 | u16(at + 2);
    }

    /** Three bytes, the lowest first. */
    int u24le(int at) {
        return u8(at) | u8(at + 1) << 8 | u8(at + 2) << 16;
    }

    /** Four bytes, the lowest first. */
    long u32le(int at) {
        return u24le(at) | (long) u8(at + 3) << 24;
    }

    /** Whether these ASCII characters stand at an offset; false where the file is shorter. */
    boolean has(int at, String ascii) {
        byte[] expected = ascii.getBytes(StandardCharsets.ISO_8859_1);
        if (at < 0 || at > bytes.length - expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (bytes[at + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    ImageReadException error(String message) {
        return new ImageReadException(name, message);
    }

    /** Notes damage that PIL passes over. In the strict mode it is an error. */
    void note(String message) throws ImageReadException {
        if (notes.strict()) {
            throw error(message);
        }
        notes.add(message);
    }

    /** Refuses a declared size before anything of that size is allocated. */
    void checkPixels(String format, long width, long height) throws ImageReadException {
        String size = width + "x" + height;
        if (width > maxPixels / height) {
            throw error(format + " declares " + size + " pixels, over the limit of " + maxPixels
                    + "; make the image smaller or raise ImageReader's maxPixels");
        }
        if (width * height > Integer.MAX_VALUE / 4) {
            throw error(format + " has " + size + " pixels, more than one array holds; make the image smaller");
        }
    }
}
