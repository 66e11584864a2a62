package io.github.mdetr.nn.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a JPEG's markers and segments (ITU-T T.81, annex B) one after the other, keeping the tables in force. */
final class JpegMarkers {
    static final int RST0 = 0xd0;
    static final int SOF0 = 0xc0;
    private static final int DHT = 0xc4;
    private static final int DAC = 0xcc;
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int DQT = 0xdb;
    private static final int DRI = 0xdd;
    private static final int APP0 = 0xe0;
    private static final int COM = 0xfe;
    private static final int DNL = 0xdc;
    private static final int DHP = 0xde;
    private static final int EXP = 0xdf;

    /** Natural position of the k-th coefficient in zigzag order; damaged runs lead up to 16 beyond, all to the last. */
    static final int[] ZIGZAG = {
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
        61, 54, 47, 55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63
    };

    private final ImageInput in;
    private int at = 2;
    private @Nullable JpegFrame frame;
    private final int[][] quantization = new int[4][];
    private final @Nullable JpegHuffman[] dcTables = new JpegHuffman[4];
    private final @Nullable JpegHuffman[] acTables = new JpegHuffman[4];
    private int restartInterval;
    private boolean sawScan;
    private boolean endOptional;
    private boolean jfif;
    private int adobeTransform = -1;
    final ImageOrientation.Finder orientation = new ImageOrientation.Finder();

    JpegMarkers(ImageInput in) {
        this.in = in;
    }

    /** The frame, once the first scan was found. */
    JpegFrame frame() throws ImageReadException {
        if (frame == null) {
            throw in.error("JPEG has no frame header before its image data");
        }
        return frame;
    }

    /** Whether a JFIF segment stands before the first scan. */
    boolean jfif() {
        return jfif;
    }

    /** The colour transform that an Adobe segment names, -1 without one. */
    int adobeTransform() {
        return adobeTransform;
    }

    /** Goes on at an offset, that of the marker behind a scan's data. */
    void resumeAt(int offset) {
        at = offset;
    }

    /** Reads on to the next scan; null at the end of the image. */
    @Nullable
    JpegScan nextScan() throws ImageReadException {
        while (true) {
            int marker = nextMarker();
            if (marker == EOI) {
                return null;
            }
            if ((marker >= RST0 && marker < RST0 + 8) || (marker == 1 && sawScan)) {
                continue;
            }
            boolean reserved = marker < SOF0 || marker == 0xc8 || (marker >= 0xf0 && marker < COM);
            if (marker == SOI || reserved || marker == DHP || marker == EXP) {
                throw in.error("JPEG is damaged: marker " + Integer.toHexString(marker) + " at byte " + (at - 2));
            }
            boolean frameHeader = marker >= SOF0 && marker <= 0xcf && marker != DHT && marker != DAC;
            if (frameHeader && frame != null) {
                throw in.error("JPEG is damaged: it has a second frame header, at byte " + at);
            }
            int length = at + 2 > in.length() ? 0 : in.u16(at);
            if (at + length > in.length() || at + 2 > in.length()) {
                noteTruncation();
                return null;
            }
            if (length < 2) {
                String message = "JPEG is damaged: the segment at byte " + at + " has a length of " + length;
                if (marker < APP0 && marker != DNL) {
                    throw in.error(message);
                }
                in.note(message);
                length = 2;
            }
            int segment = at;
            at += length;
            if (marker == SOS) {
                JpegScan scan = readScan(segment, length);
                sawScan = true;
                return scan;
            }
            readSegment(marker, segment, length);
        }
    }

    /** Reads on behind an image's only scan to the image's end, which may be missing. */
    void finish() throws ImageReadException {
        endOptional = true;
        if (nextScan() != null) {
            throw in.error("JPEG is damaged: a component comes in two scans");
        }
    }

    private void noteTruncation() throws ImageReadException {
        String message = "JPEG is truncated: it ends after " + in.length() + " bytes without an end-of-image marker";
        if (!endOptional) {
            throw in.error(message);
        }
        in.note(message);
    }

    /** The next marker's code; what stands before it and belongs to nothing is passed over. */
    private int nextMarker() throws ImageReadException {
        int from = at;
        while (at < in.length()) {
            if (in.u8(at++) != 0xff) {
                continue;
            }
            int marker = at - 1;
            while (at < in.length() && in.u8(at) == 0xff) {
                at++;
            }
            if (at < in.length() && in.u8(at++) != 0) {
                if (marker > from) {
                    in.note("JPEG is damaged: bytes that belong to nothing at byte " + from);
                }
                return in.u8(at - 1);
            }
        }
        noteTruncation();
        return EOI;
    }

    private void readSegment(int marker, int at, int length) throws ImageReadException {
        int data = at + 2;
        int end = at + length;
        switch (marker) {
            case DHT -> readHuffmanTables(data, end);
            case DQT -> readQuantization(data, end);
            case DAC -> checkConditioning(data, end);
            case DRI -> {
                if (length != 4) {
                    throw in.error("JPEG is damaged: the restart interval at byte " + at + " has a wrong length");
                }
                restartInterval = in.u16(data);
            }
            case SOF0, SOF0 + 1, SOF0 + 2 -> {
                frame = JpegFrame.read(in, at, marker == SOF0 + 2);
            }
            default -> {
                if (marker <= 0xcf) {
                    throw in.error("JPEG is " + processName(marker) + ", which is not supported; convert it to PNG or "
                            + "baseline JPEG");
                }
                if (marker >= APP0 && marker < COM && !sawScan) {
                    readApplication(marker - APP0, data, end);
                }
            }
        }
    }

    private static String processName(int marker) {
        if (marker >= 0xc9) {
            return "arithmetic-coded";
        }
        return marker == 0xc3 ? "lossless" : "hierarchical";
    }

    private void readApplication(int number, int data, int end) throws ImageReadException {
        int length = end - data;
        if (length < 7 && ((number == 0 && in.has(data, "JFIF")) || (number == 14 && in.has(data, "Adobe")))) {
            throw in.error("JPEG is damaged: the application segment at byte " + data + " is cut");
        }
        if (number == 0 && length >= 14 && in.has(data, "JFIF\0")) {
            jfif = true;
        } else if (number == 14 && length >= 12 && in.has(data, "Adobe")) {
            adobeTransform = in.u8(data + 11);
        } else if (number == 1 && length > 6 && in.has(data, "Exif\0\0")) {
            orientation.readExif(in.bytes(), data + 6, end);
        } else if (number == 1 && in.has(data, "http://ns.adobe.com/xap/1.0/\0")) {
            orientation.readXmp(in.bytes(), data, end);
        }
    }

    /** Conditioning of arithmetic codes, which a file may have that does not use them. */
    private void checkConditioning(int from, int end) throws ImageReadException {
        boolean ok = (end - from) % 2 == 0;
        for (int i = from; i + 1 < end; i += 2) {
            int value = in.u8(i + 1);
            ok &= in.u8(i) < 32 && (in.u8(i) >= 16 || (value & 15) <= value >> 4);
        }
        if (!ok) {
            throw in.error("JPEG is damaged: the conditioning of arithmetic codes at byte " + from);
        }
    }

    private void readQuantization(int from, int end) throws ImageReadException {
        int i = from;
        while (i < end) {
            int spec = in.u8(i++);
            int bytes = spec >> 4 == 0 ? 1 : 2;
            if ((spec & 15) > 3 || end - i < 64 * bytes) {
                throw in.error("JPEG is damaged: the quantization table at byte " + (i - 1) + " is cut or misnumbered");
            }
            int[] table = new int[64];
            for (int k = 0; k < 64; k++) {
                table[ZIGZAG[k]] = bytes == 1 ? in.u8(i) : in.u16(i);
                i += bytes;
            }
            quantization[spec & 15] = table;
        }
    }

    private void readHuffmanTables(int from, int end) throws ImageReadException {
        int i = from;
        while (i < end) {
            int spec = in.u8(i);
            int[] counts = new int[16];
            int total = 0;
            for (int k = 0; k < 16 && i + 1 + k < end; k++) {
                counts[k] = in.u8(i + 1 + k);
                total += counts[k];
            }
            int symbols = i + 17;
            if (spec >> 4 > 1 || (spec & 15) > 3 || total > 256 || symbols + total > end) {
                throw in.error("JPEG is damaged: the Huffman table at byte " + i + " is not one");
            }
            JpegHuffman table = JpegHuffman.of(counts, Arrays.copyOfRange(in.bytes(), symbols, symbols + total));
            if (table == null || (spec >> 4 == 0 && !validDc(symbols, total))) {
                // An error only where it is used.
                table = JpegDefaultTables.UNDEFINED;
            }
            (spec >> 4 == 0 ? dcTables : acTables)[spec & 15] = table;
            i = symbols + total;
        }
    }

    private boolean validDc(int symbols, int total) {
        for (int i = 0; i < total; i++) {
            if (in.u8(symbols + i) > 15) {
                return false;
            }
        }
        return true;
    }

    private JpegScan readScan(int at, int length) throws ImageReadException {
        JpegFrame current = frame();
        int count = length < 3 ? 0 : in.u8(at + 2);
        if (count < 1 || count > 4 || length != 6 + 2 * count) {
            throw in.error("JPEG is damaged: the scan header at byte " + at + " has a wrong length");
        }
        List<JpegScan.Part> parts = new ArrayList<>();
        int blocks = 0;
        for (int i = 0; i < count; i++) {
            int id = in.u8(at + 3 + 2 * i);
            int tables = in.u8(at + 4 + 2 * i);
            JpegComponent component = current.component(id, i);
            boolean twice = parts.stream().anyMatch(part -> part.component() == component);
            if (component == null || twice || tables >> 4 > 3 || (tables & 15) > 3) {
                throw in.error("JPEG is damaged: the scan header at byte " + at + " has component " + id
                        + " twice or where the frame has not, or names a table beyond 3");
            }
            if (component.quantization == null) {
                component.quantization = quantization[component.quantizer];
            }
            if (component.quantization == null) {
                throw in.error("JPEG is damaged: quantization table " + component.quantizer
                        + " is not defined before its use");
            }
            int dc = tables >> 4;
            int ac = tables & 15;
            parts.add(new JpegScan.Part(
                    component,
                    JpegDefaultTables.orDefault(dcTables[dc], true, dc, current.progressive()),
                    JpegDefaultTables.orDefault(acTables[ac], false, ac, current.progressive())));
            blocks += component.h * component.v;
        }
        if (count > 1 && blocks > 10) {
            throw in.error("JPEG is damaged: a unit of the scan at byte " + at + " has " + blocks + " blocks, over 10");
        }
        int spectrum = at + 3 + 2 * count;
        JpegScan scan = new JpegScan(
                parts,
                in.u8(spectrum),
                in.u8(spectrum + 1),
                in.u8(spectrum + 2) >> 4,
                in.u8(spectrum + 2) & 15,
                restartInterval,
                this.at);
        for (JpegScan.Part part : parts) {
            boolean dcMissing = part.dc() == JpegDefaultTables.UNDEFINED && scan.usesDc(current.progressive());
            boolean acMissing = part.ac() == JpegDefaultTables.UNDEFINED && scan.usesAc(current.progressive());
            if (dcMissing || acMissing) {
                throw in.error("JPEG is damaged: the scan at byte " + at + " uses a Huffman table that is not there");
            }
        }
        return scan;
    }
}
