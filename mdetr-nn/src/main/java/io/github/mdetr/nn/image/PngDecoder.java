package io.github.mdetr.nn.image;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads PNG (PNG specification, third edition) to the pixels of PIL's {@code convert("RGB")}.
 *
 * <p>Stricter than PIL in what it takes for whole: checksums of the image data and the end chunk must be there. Chunks
 * that speak of colour (gamma, profiles) are ignored, as PIL does; so are an animation's later frames.
 */
final class PngDecoder {
    private static final int FIRST_CHUNK = 8;
    private static final int CHUNK_OVERHEAD = 12;

    /** Column, row, column step and row step of each pass of Adam7. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    /** Deflate packs at best 258 bytes into two bits. */
    private static final int MAX_DEFLATE_RATIO = 1032;

    private final ImageInput in;
    private final PngHeader header;
    private byte[] palette = new byte[0];
    private byte @Nullable [] transparency;
    private int dataStart;
    private int dataEnd;
    private long dataBytes;
    private final PngMetadata metadata;

    private PngDecoder(ImageInput in) throws ImageReadException {
        this.in = in;
        this.header = PngHeader.read(in);
        this.metadata = new PngMetadata(in);
    }

    /** The pixels, with transparency dropped or over white; orientation not applied. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        PngDecoder decoder = new PngDecoder(in);
        decoder.readChunks();
        return new DecodedImage(decoder.readPixels(overWhite), decoder.metadata.orientation());
    }

    private void readChunks() throws ImageReadException {
        CRC32 crc = new CRC32();
        int at = FIRST_CHUNK;
        while (true) {
            if (in.length() - at < CHUNK_OVERHEAD) {
                throw in.error("PNG is truncated: it ends after " + in.length() + " bytes without an IEND chunk");
            }
            int length = in.i32(at);
            if (length < 0 || length > in.length() - at - CHUNK_OVERHEAD) {
                throw in.error("PNG is truncated: the chunk at byte " + at + " has " + Integer.toUnsignedLong(length)
                        + " bytes, the file " + (in.length() - at - CHUNK_OVERHEAD) + " left");
            }
            crc.reset();
            crc.update(in.bytes(), at + 4, length + 4);
            if ((int) crc.getValue() != in.i32(at + 8 + length)) {
                throw in.error("PNG is damaged: the checksum of the chunk at byte " + at + " does not fit");
            }
            if (in.has(at + 4, "IEND")) {
                break;
            }
            readChunk(at + 4, at + 8, length);
            at += CHUNK_OVERHEAD + length;
        }
        if (dataBytes == 0) {
            throw in.error("PNG has no image data (IDAT chunk)");
        }
        if (header.colorType() == PngHeader.PALETTE && palette.length == 0) {
            throw in.error("PNG has indexed pixels but no palette before them (PLTE chunk)");
        }
    }

    private void readChunk(int type, int data, int length) throws ImageReadException {
        for (int i = type; i < data; i++) {
            if (!isLetter(in.u8(i))) {
                throw in.error(
                        "PNG is damaged: the chunk at byte " + (type - 4) + " has a type that is not of letters");
            }
        }
        if (in.has(type, "IDAT")) {
            if (dataEnd != 0 && dataEnd != type - 4) {
                throw in.error("PNG is damaged: its IDAT chunks do not follow each other");
            }
            if (dataEnd == 0) {
                dataStart = type - 4;
            }
            dataEnd = data + length + 4;
            dataBytes += length;
        } else if (in.has(type, "PLTE")) {
            if (dataEnd == 0) {
                palette = Arrays.copyOfRange(in.bytes(), data, data + length);
            }
        } else if (in.has(type, "tRNS")) {
            transparency = Arrays.copyOfRange(in.bytes(), data, data + length);
        } else if (in.has(type, "IHDR")) {
            if (data != PngHeader.DATA) {
                throw in.error("PNG is damaged: it has a second IHDR chunk");
            }
        } else if ((in.u8(type) & 0x20) == 0) {
            throw in.error("PNG has a critical chunk that is not in the format, at byte " + (type - 4));
        } else {
            metadata.read(type, data, length);
        }
    }

    private static boolean isLetter(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private RgbImage readPixels(boolean overWhite) throws ImageReadException {
        int width = header.width();
        int height = header.height();
        if (rawBytes() / MAX_DEFLATE_RATIO > dataBytes) {
            throw in.error("PNG is truncated: " + dataBytes + " bytes of image data cannot hold " + width + "x" + height
                    + " pixels");
        }
        PngColor color = PngColor.of(header, palette, transparency, overWhite);
        byte[] rgb = new byte[width * height * 3];
        try (PngRows rows = new PngRows(in, dataStart, dataEnd, header)) {
            if (header.interlaced()) {
                readInterlaced(rows, color, rgb);
            } else {
                rows.begin(width);
                for (int y = 0; y < height; y++) {
                    color.convert(rows.next(), rows.offset(), width, rgb, y * width * 3);
                }
            }
            rows.finish();
        }
        return new RgbImage(width, height, rgb);
    }

    private void readInterlaced(PngRows rows, PngColor color, byte[] rgb) throws ImageReadException {
        byte[] pass = new byte[header.width() * 3];
        for (int[] grid : ADAM7) {
            int columns = steps(header.width(), grid[0], grid[2]);
            if (columns == 0) {
                continue;
            }
            rows.begin(columns);
            for (int y = grid[1]; y < header.height(); y += grid[3]) {
                color.convert(rows.next(), rows.offset(), columns, pass, 0);
                int to = (y * header.width() + grid[0]) * 3;
                for (int x = 0; x < columns; x++) {
                    rgb[to] = pass[x * 3];
                    rgb[to + 1] = pass[x * 3 + 1];
                    rgb[to + 2] = pass[x * 3 + 2];
                    to += grid[2] * 3;
                }
            }
        }
    }

    /** What the image data must inflate to. */
    private long rawBytes() {
        if (!header.interlaced()) {
            return header.height() * (1L + header.rowBytes(header.width()));
        }
        long bytes = 0;
        for (int[] grid : ADAM7) {
            int columns = steps(header.width(), grid[0], grid[2]);
            if (columns > 0) {
                bytes += steps(header.height(), grid[1], grid[3]) * (1L + header.rowBytes(columns));
            }
        }
        return bytes;
    }

    private static int steps(int length, int start, int step) {
        return length <= start ? 0 : (length - start - 1) / step + 1;
    }
}
