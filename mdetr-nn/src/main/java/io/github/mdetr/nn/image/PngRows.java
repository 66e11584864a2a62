package io.github.mdetr.nn.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates a PNG's image data row by row and undoes the row filters (PNG specification, section 9). */
final class PngRows implements AutoCloseable {
    private static final int MAX_PIECE = 1 << 16;

    private final ImageInput in;
    private final PngHeader header;
    private final int end;
    private int chunk;
    private int pieceAt;
    private int pieceEnd;
    private final Inflater inflater = new Inflater();

    /** Inflated bytes; those of [blockAt, blockEnd) are not yet used. */
    private final byte[] block = new byte[1 << 15];

    private int blockAt;
    private int blockEnd;

    /** Bytes that the rows still need beyond those in the block. */
    private long rawLeft;

    private byte[] row = new byte[0];
    private byte[] above = new byte[0];
    private int pixelBytes;

    /**
     * Over the IDAT chunks that fill [start, end); the last may be cut.
     *
     * @param rawBytes of all rows with their filter bytes
     */
    PngRows(ImageInput in, int start, int end, PngHeader header, long rawBytes) {
        this.rawLeft = rawBytes;
        this.in = in;
        this.header = header;
        this.chunk = start;
        this.end = end;
        this.pixelBytes = Math.max(1, header.bitsPerPixel() / 8);
    }

    /** Starts a pass of rows of so many pixels. */
    void begin(int pixels) {
        // The filter byte goes where the last byte of a pixel to the left would be: all that lies left reads as zero.
        int length = pixelBytes + header.rowBytes(pixels);
        row = new byte[length];
        above = new byte[length];
    }

    /** The next row's bytes, from {@link #offset} on; valid until the next call. */
    byte[] next() throws ImageReadException {
        byte[] spare = above;
        above = row;
        row = spare;
        int from = pixelBytes - 1;
        int length = row.length - from;
        if (blockEnd - blockAt >= length) {
            System.arraycopy(block, blockAt, row, from, length);
            blockAt += length;
        } else {
            fill(from);
        }
        int filter = row[from];
        row[from] = 0;
        switch (filter) {
            case 0 -> {}
            case 1 -> undoSub();
            case 2 -> undoUp();
            case 3 -> undoAverage();
            case 4 -> undoPaeth();
            default -> throw in.error("PNG is damaged: a row has filter " + (filter & 0xff) + ", expected 0 to 4");
        }
        return row;
    }

    /** Where a row's first pixel begins. */
    int offset() {
        return pixelBytes;
    }

    /** Whether the compressed data ended with the row before. */
    boolean ended() {
        return blockAt == blockEnd && inflater.finished();
    }

    /** Whether data from an offset on was looked at. */
    boolean reached(int offset) {
        return chunk > offset;
    }

    /** Notes compressed data that does not end as it should. Data beyond the last row is ignored, as PIL does. */
    void finish() throws ImageReadException {
        byte[] rest = new byte[512];
        int ignored = 0;
        // Reading on lets the inflater compare its checksum; a bounded amount, lest a small file keep us busy.
        while (!inflater.finished() && ignored < 1 << 16) {
            try {
                int count = inflater.inflate(rest);
                if (count == 0 && !inflater.finished() && !feed()) {
                    in.note("PNG is truncated: its image data ends in the middle");
                    return;
                }
                ignored += count;
            } catch (DataFormatException e) {
                in.note("PNG is damaged: its image data does not inflate behind the last row");
                return;
            }
        }
    }

    private void fill(int from) throws ImageReadException {
        int at = from;
        while (at < row.length) {
            if (blockAt == blockEnd) {
                inflateBlock();
            }
            int count = Math.min(row.length - at, blockEnd - blockAt);
            System.arraycopy(block, blockAt, row, at, count);
            blockAt += count;
            at += count;
        }
    }

    /** Inflates some more, many short rows at once: a call for each would cost more than the row. */
    private void inflateBlock() throws ImageReadException {
        if (inflater.finished()) {
            throw in.error("PNG is truncated: its image data ends before its last row");
        }
        try {
            blockAt = 0;
            // No further than the last row: what is wrong behind it does not matter.
            blockEnd = inflater.inflate(block, 0, (int) Math.min(block.length, rawLeft));
            rawLeft -= blockEnd;
            if (blockEnd == 0 && !inflater.finished()) {
                if (inflater.needsDictionary()) {
                    throw in.error("PNG is damaged: its image data asks for a preset dictionary");
                }
                if (!feed()) {
                    throw in.error("PNG is truncated: its image data ends in the middle");
                }
            }
        } catch (DataFormatException e) {
            throw new ImageReadException(in.name(), "PNG is damaged: its image data does not inflate", e);
        }
    }

    /**
     * Hands over the next piece of data; false at the end. Pieces are those in which PIL hands them over, for a wrong
     * checksum at the end is an error only where it comes in a piece that is needed.
     */
    private boolean feed() {
        if (pieceAt == pieceEnd) {
            do {
                if (chunk >= end) {
                    return false;
                }
                pieceAt = chunk + 8;
                long length = Integer.toUnsignedLong(in.i32(chunk));
                pieceEnd = (int) Math.min(pieceAt + length, end);
                chunk = (int) Math.min(chunk + 12 + length, Integer.MAX_VALUE);
            } while (pieceAt == pieceEnd);
        }
        int length = Math.min(pieceEnd - pieceAt, MAX_PIECE);
        inflater.setInput(in.bytes(), pieceAt, length);
        pieceAt += length;
        return true;
    }

    private void undoSub() {
        for (int i = pixelBytes; i < row.length; i++) {
            row[i] += row[i - pixelBytes];
        }
    }

    private void undoUp() {
        for (int i = pixelBytes; i < row.length; i++) {
            row[i] += above[i];
        }
    }

    private void undoAverage() {
        for (int i = pixelBytes; i < row.length; i++) {
            row[i] += (byte) (((row[i - pixelBytes] & 0xff) + (above[i] & 0xff)) >> 1);
        }
    }

    private void undoPaeth() {
        for (int i = pixelBytes; i < row.length; i++) {
            int left = row[i - pixelBytes] & 0xff;
            int up = above[i] & 0xff;
            int corner = above[i - pixelBytes] & 0xff;
            int toLeft = Math.abs(up - corner);
            int toUp = Math.abs(left - corner);
            int toCorner = Math.abs(left + up - 2 * corner);
            int nearest = toUp <= toCorner ? up : corner;
            row[i] += (byte) (toLeft <= toUp && toLeft <= toCorner ? left : nearest);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
