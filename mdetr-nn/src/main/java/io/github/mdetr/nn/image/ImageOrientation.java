package io.github.mdetr.nn.image;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the stored rows and columns of a photograph are to be turned for showing: the orientation tag of EXIF (CIPA
 * DC-008, tag 0x0112). Values other than 1 to 8 mean as stored.
 */
public enum ImageOrientation {
    /** Nothing is to be done (1). */
    AS_STORED(false, false, false),
    /** Left and right change places (2). */
    MIRRORED(false, true, false),
    /** Half a turn (3). */
    ROTATED_180(false, true, true),
    /** Top and bottom change places (4). */
    FLIPPED(false, false, true),
    /** Rows become columns (5). */
    TRANSPOSED(true, false, false),
    /** A quarter turn clockwise (6). */
    ROTATED_90(true, false, true),
    /** Rows become columns, from the end (7). */
    TRANSVERSED(true, true, true),
    /** A quarter turn counterclockwise (8). */
    ROTATED_270(true, true, false);

    private static final int TAG = 0x0112;

    private final boolean swapsSides;
    private final boolean fromRight;
    private final boolean fromBottom;

    ImageOrientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
        this.swapsSides = swapsSides;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /** Whether width and height change places. */
    public boolean swapsSides() {
        return swapsSides;
    }

    static ImageOrientation ofTag(int value) {
        return value >= 1 && value <= 8 ? values()[value - 1] : AS_STORED;
    }

    /** The image turned for showing; the image itself where nothing is to be done. */
    RgbImage apply(RgbImage image) {
        if (this == AS_STORED) {
            return image;
        }
        int width = swapsSides ? image.height() : image.width();
        int height = swapsSides ? image.width() : image.height();
        byte[] from = image.rgb();
        byte[] to = new byte[from.length];
        int across = 3 * (fromRight ? -1 : 1);
        int down = 3 * image.width() * (fromBottom ? -1 : 1);
        int stepX = swapsSides ? down : across;
        int stepY = swapsSides ? across : down;
        int start = 3 * ((fromBottom ? image.height() - 1 : 0) * image.width() + (fromRight ? image.width() - 1 : 0));
        int at = 0;
        for (int y = 0; y < height; y++) {
            int source = start + y * stepY;
            for (int x = 0; x < width; x++) {
                to[at] = from[source];
                to[at + 1] = from[source + 1];
                to[at + 2] = from[source + 2];
                at += 3;
                source += stepX;
            }
        }
        return new RgbImage(width, height, to);
    }

    /** Collects what a file says of its orientation: EXIF first, else the XMP property {@code tiff:Orientation}. */
    static final class Finder {
        private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

        private int exif = -1;
        private int xmp = -1;

        ImageOrientation found() {
            return ofTag(exif >= 0 ? exif : xmp);
        }

        /** Looks at an XMP packet. */
        void readXmp(byte[] bytes, int from, int to) {
            Matcher matcher = XMP.matcher(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            if (xmp < 0 && matcher.find()) {
                xmp = matcher.group(1).charAt(0) - '0';
            }
        }

        /** Looks at an EXIF block (a TIFF file); damage in it means no orientation, for the pixels are whole. */
        void readExif(byte[] bytes, int from, int to) {
            int length = to - from;
            if (exif >= 0 || length < 8) {
                return;
            }
            boolean little = bytes[from] == 'I' && bytes[from + 1] == 'I';
            boolean big = bytes[from] == 'M' && bytes[from + 1] == 'M';
            if ((!little && !big) || unsigned(bytes, from + 2, 2, little) != 42) {
                return;
            }
            long directory = unsigned(bytes, from + 4, 4, little);
            if (directory > length - 2) {
                return;
            }
            int at = from + (int) directory;
            long entries = Math.min(unsigned(bytes, at, 2, little), (to - at - 2) / 12);
            for (at += 2; entries > 0; entries--, at += 12) {
                if (unsigned(bytes, at, 2, little) == TAG) {
                    // Type 3 is a 16-bit number, 4 a 32-bit one; both begin where the value stands.
                    long type = unsigned(bytes, at + 2, 2, little);
                    long value = unsigned(bytes, at + 8, type == 4 ? 4 : 2, little);
                    exif = type == 3 || type == 4 ? (int) Math.min(value, 9) : 0;
                    return;
                }
            }
        }

        private static long unsigned(byte[] bytes, int at, int count, boolean little) {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value = value << 8 | (bytes[little ? at + count - 1 - i : at + i] & 0xff);
            }
            return value;
        }
    }
}
