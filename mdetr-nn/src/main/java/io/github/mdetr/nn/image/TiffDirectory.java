package io.github.mdetr.nn.image;

import java.util.HashMap;
import java.util.Map;

/**
 * The entries of a TIFF's first directory (TIFF 6.0, section 2). Values stay where they are in the file: nothing is
 * copied, however many entries point to the same bytes.
 */
final class TiffDirectory {
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int STRIP_BYTES = 279;
    static final int PLANES = 284;
    static final int PREDICTOR = 317;
    static final int COLOR_MAP = 320;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_BYTES = 325;
    static final int EXTRA_SAMPLES = 338;
    static final int SAMPLE_FORMAT = 339;

    private static final int ENTRY = 12;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    /** A tag's numbers: how many, where they begin and of how many bytes each. */
    private record Entry(int count, int at, int bytes) {}

    private final ImageInput in;
    private final boolean little;
    private final Map<Integer, Entry> entries = new HashMap<>();

    private TiffDirectory(ImageInput in) {
        this.in = in;
        this.little = in.has(0, "II");
    }

    static TiffDirectory read(ImageInput in) throws ImageReadException {
        TiffDirectory directory = new TiffDirectory(in);
        directory.readEntries();
        return directory;
    }

    private void readEntries() throws ImageReadException {
        long start = in.length() < 8 ? Long.MAX_VALUE : number(4, 4);
        if (start < 8 || start > in.length() - 2) {
            throw in.error("TIFF is truncated: its directory begins beyond the file's " + in.length() + " bytes");
        }
        int count = (int) number((int) start, 2);
        int at = (int) start + 2;
        for (int i = 0; i < count; i++, at += ENTRY) {
            if (at + ENTRY > in.length()) {
                in.note("TIFF is truncated: its directory has " + count + " entries, the file " + i + " of them");
                return;
            }
            int type = (int) number(at + 2, 2);
            int bytes = type == SHORT ? 2 : type == LONG ? 4 : type == 1 ? 1 : 0;
            long values = number(at + 4, 4);
            long from = values * bytes <= 4 ? at + 8 : number(at + 8, 4);
            if (bytes > 0 && values > 0 && from + values * bytes <= in.length()) {
                entries.put((int) number(at, 2), new Entry((int) values, (int) from, bytes));
            }
        }
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** How many numbers a tag has, 0 without the tag. */
    int count(int tag) {
        Entry entry = entries.get(tag);
        return entry == null ? 0 : entry.count;
    }

    /** One of a tag's numbers. */
    long value(int tag, int index) {
        Entry entry = entries.get(tag);
        if (entry == null || index >= entry.count) {
            throw new IllegalArgumentException("tag " + tag + " has no value " + index);
        }
        return number(entry.at + index * entry.bytes, entry.bytes);
    }

    /** A tag's first number, or what it is without the tag. */
    long value(int tag, long without) {
        return has(tag) ? value(tag, 0) : without;
    }

    /** A tag's first number as one that an int holds; larger ones are the largest int. */
    int intValue(int tag, int without) {
        return (int) Math.min(value(tag, (long) without), Integer.MAX_VALUE);
    }

    private long number(int at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.u8(little ? at + bytes - 1 - i : at + i);
        }
        return value;
    }
}
