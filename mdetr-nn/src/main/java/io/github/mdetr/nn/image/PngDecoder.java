package io.github.mdetr.nn.image;

/**
 * Reads PNG (PNG specification, third edition) to the pixels of PIL's {@code convert("RGB")}.
 *
 * <p>Chunks that speak of colour (gamma, profiles) are ignored, as PIL does; so are an animation's later frames. Where the
 * compressed data ends with a row before the last one, the rest is zeros.
 */
final class PngDecoder {
    /** Column, row, column step and row step of each pass of Adam7. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final ImageInput in;
    private final PngChunks chunks;
    private final PngHeader header;
    private final PngFrame frame;
    private final PngColor color;
    private final byte[] rgb;

    /** Where the frame's first pixel goes, and how far apart its rows lie. */
    private final int corner;

    private final int stride;

    private PngDecoder(ImageInput in, boolean overWhite) throws ImageReadException {
        this.in = in;
        this.chunks = PngChunks.read(in);
        this.header = chunks.header();
        this.frame = chunks.frame();
        this.color = PngColor.of(header, chunks.palette, chunks.transparency, overWhite);
        this.stride = header.width() * 3;
        this.rgb = new byte[stride * header.height()];
        this.corner = frame.y() * stride + frame.x() * 3;
    }

    /** The pixels, with transparency dropped or over white; orientation not applied. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        PngDecoder decoder = new PngDecoder(in, overWhite);
        decoder.readPixels();
        RgbImage image = new RgbImage(decoder.header.width(), decoder.header.height(), decoder.rgb);
        return new DecodedImage(image, decoder.chunks.orientation());
    }

    private void readPixels() throws ImageReadException {
        if (header.interlaced() || frame.width() * frame.height() * 3 < rgb.length) {
            blank(0, rgb.length);
        }
        try (PngRows rows = new PngRows(in, chunks.dataStart, chunks.dataEnd, header, rawBytes())) {
            if (header.interlaced()) {
                readInterlaced(rows);
            } else {
                readPlain(rows);
            }
            if (!rows.reached(chunks.cutChunk) && chunks.cutChunk < in.length()) {
                throw in.error("PNG is truncated: the chunk at byte " + chunks.cutChunk + " is cut");
            }
            rows.finish();
        }
    }

    private void readPlain(PngRows rows) throws ImageReadException {
        rows.begin(frame.width());
        for (int y = 0; y < frame.height(); y++) {
            if (rows.ended()) {
                noteEnd(y);
                blank(corner + y * stride, Math.min(rgb.length, corner + frame.height() * stride));
                return;
            }
            color.convert(rows.next(), rows.offset(), frame.width(), rgb, corner + y * stride);
        }
    }

    private void readInterlaced(PngRows rows) throws ImageReadException {
        byte[] pass = new byte[frame.width() * 3];
        for (int[] grid : ADAM7) {
            int columns = steps(frame.width(), grid[0], grid[2]);
            if (columns == 0) {
                continue;
            }
            rows.begin(columns);
            for (int y = grid[1]; y < frame.height(); y += grid[3]) {
                if (rows.ended()) {
                    noteEnd(y);
                    return;
                }
                color.convert(rows.next(), rows.offset(), columns, pass, 0);
                int to = corner + y * stride + grid[0] * 3;
                for (int x = 0; x < columns; x++) {
                    rgb[to] = pass[x * 3];
                    rgb[to + 1] = pass[x * 3 + 1];
                    rgb[to + 2] = pass[x * 3 + 2];
                    to += grid[2] * 3;
                }
            }
        }
    }

    private void noteEnd(int row) throws ImageReadException {
        in.note("PNG is truncated: its image data ends before its last row, at row " + row);
    }

    /** Gives pixels the colour of zero samples. */
    private void blank(int from, int to) {
        byte[] zero = new byte[3];
        color.convert(new byte[8], 0, 1, zero, 0);
        if ((zero[0] | zero[1] | zero[2]) != 0) {
            for (int i = from; i < to; i++) {
                rgb[i] = zero[(i - from) % 3];
            }
        }
    }

    /** What the image data must inflate to. */
    private long rawBytes() {
        if (!header.interlaced()) {
            return frame.height() * (1L + header.rowBytes(frame.width()));
        }
        long bytes = 0;
        for (int[] grid : ADAM7) {
            int columns = steps(frame.width(), grid[0], grid[2]);
            if (columns > 0) {
                bytes += steps(frame.height(), grid[1], grid[3]) * (1L + header.rowBytes(columns));
            }
        }
        return bytes;
    }

    private static int steps(int length, int start, int step) {
        return length <= start ? 0 : (length - start - 1) / step + 1;
    }
}
