package io.github.mdetr.nn.image;

/**
 * Reads TIFF (TIFF 6.0: strips and tiles, plain, LZW, Deflate and PackBits, 1 to 8 bits a sample) to the pixels of PIL's
 * {@code convert("RGB")}: of several pages the first, and turned as its orientation says in both modes, for PIL turns it
 * on loading.
 */
final class TiffDecoder {
    /** How many times over the file, and the pixels, strips and tiles that share data may be expanded. */
    private static final long MAX_SHARING = 8;

    private final ImageInput in;
    private final TiffDirectory tags;
    private final TiffLayout layout;

    /** Packed bytes that may still be expanded. */
    private long packedLeft;

    /** One byte a band, pixels together. */
    private final byte[] bands;

    private TiffDecoder(ImageInput in) throws ImageReadException {
        this.in = in;
        this.tags = TiffDirectory.read(in);
        this.layout = TiffLayout.of(in, tags);
        checkPieces();
        long length = (long) layout.width() * layout.height() * layout.bands();
        if (length > Integer.MAX_VALUE - 8) {
            throw in.error("TIFF has " + length + " samples, more than one array holds; make the image smaller");
        }
        this.bands = new byte[(int) length];
        this.packedLeft = MAX_SHARING * (in.length() + length);
    }

    /** The pixels, turned, with transparency dropped or over white. */
    static DecodedImage decode(ImageInput in, boolean overWhite) throws ImageReadException {
        TiffDecoder decoder = new TiffDecoder(in);
        decoder.readPieces();
        TiffLayout layout = decoder.layout;
        byte[] rgb = TiffColor.toRgb(in, decoder.tags, layout, decoder.bands, overWhite);
        RgbImage stored = new RgbImage(layout.width(), layout.height(), rgb);
        int orientation = decoder.tags.intValue(TiffDirectory.ORIENTATION, 1);
        return new DecodedImage(ImageOrientation.ofTag(orientation).apply(stored), ImageOrientation.AS_STORED);
    }

    private int offsetsTag() {
        return layout.tiled() ? TiffDirectory.TILE_OFFSETS : TiffDirectory.STRIP_OFFSETS;
    }

    private void checkPieces() throws ImageReadException {
        long needed = (long) layout.across() * layout.down() * layout.planes();
        int there = tags.count(offsetsTag());
        if (there < needed) {
            throw in.error("TIFF is truncated: it has " + there + " strips or tiles, the image " + needed);
        }
    }

    private void readPieces() throws ImageReadException {
        try (TiffData data = TiffData.of(in, layout)) {
            int piece = 0;
            for (int plane = 0; plane < layout.planes(); plane++) {
                for (int y = 0; y < layout.down(); y++) {
                    for (int x = 0; x < layout.across(); x++) {
                        readPiece(data, piece++, plane, x * layout.pieceWidth(), y * layout.pieceHeight());
                    }
                }
            }
        }
    }

    private void readPiece(TiffData data, int piece, int plane, int left, int top) throws ImageReadException {
        long from = tags.value(offsetsTag(), piece);
        int lengths = layout.tiled() ? TiffDirectory.TILE_BYTES : TiffDirectory.STRIP_BYTES;
        boolean stated = layout.compression() != TiffLayout.PLAIN && piece < tags.count(lengths);
        long length = stated ? tags.value(lengths, piece) : Long.MAX_VALUE;
        if (from >= in.length()) {
            throw in.error(
                    "TIFF is truncated: a strip or tile begins at byte " + from + ", the file ends at " + in.length());
        }
        data.begin((int) from, (int) Math.min(length, in.length() - from));
        byte[] row = new byte[layout.pieceRowBytes()];
        int columns = Math.min(layout.pieceWidth(), layout.width() - left);
        int rows = Math.min(layout.pieceHeight(), layout.height() - top);
        for (int y = 0; y < rows; y++) {
            boolean last = y == rows - 1 && layout.compression() == TiffLayout.PLAIN;
            // Of plain data, what fills up the last row need not be there.
            data.read(row, last ? (columns * layout.pieceSamples() * layout.bits() + 7) / 8 : row.length);
            if (layout.predicted()) {
                for (int i = layout.pieceSamples(); i < row.length; i++) {
                    row[i] += row[i - layout.pieceSamples()];
                }
            }
            place(row, plane, columns, ((long) (top + y) * layout.width() + left) * layout.bands());
        }
        packedLeft -= data.used();
        if (packedLeft < 0) {
            throw in.error("TIFF has strips or tiles that share data which expands to next to nothing; save it again");
        }
    }

    private void place(byte[] row, int plane, int columns, long at) {
        int bands = layout.bands();
        int to = (int) at;
        if (layout.bits() < 8) {
            int bits = layout.bits();
            for (int x = 0; x < columns; x++) {
                int bit = x * bits;
                this.bands[to + x] = (byte) (row[bit >> 3] >> (8 - bits - (bit & 7)) & ((1 << bits) - 1));
            }
        } else if (layout.planes() > 1) {
            for (int x = 0; plane < bands && x < columns; x++) {
                this.bands[to + x * bands + plane] = row[x];
            }
        } else {
            for (int x = 0; x < columns; x++) {
                System.arraycopy(row, x * layout.samples(), this.bands, to + x * bands, bands);
            }
        }
    }
}
