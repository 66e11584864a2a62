package io.github.mdetr.nn.image;

/**
 * How a TIFF's pixels are stored.
 *
 * @param width pixels a row
 * @param height rows
 * @param bits of a sample: 1, 2, 4 or 8
 * @param samples of a pixel in the file
 * @param bands of them that count: 1, 3 or 4, and one more where there is alpha
 * @param alpha what the band behind the colours is
 * @param photometric what the samples mean, 0 and 1 gray, 2 RGB, 3 palette, 5 CMYK
 * @param compression 1 none, 5 LZW, 8 Deflate, 32773 PackBits
 * @param reversed whether the bits of a byte come from the lowest to the highest
 * @param predicted whether a sample is the difference to the one to the left
 * @param planes 1 where the samples of a pixel lie together, else one for each sample
 * @param pieceWidth columns of a strip or tile
 * @param pieceHeight rows of a strip or tile
 * @param tiled whether pieces are tiles
 */
record TiffLayout(
        int width,
        int height,
        int bits,
        int samples,
        int bands,
        Alpha alpha,
        int photometric,
        int compression,
        boolean reversed,
        boolean predicted,
        int planes,
        int pieceWidth,
        int pieceHeight,
        boolean tiled) {
    static final int WHITE_IS_ZERO = 0;
    static final int BLACK_IS_ZERO = 1;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int CMYK = 5;

    static final int PLAIN = 1;
    static final int LZW = 5;
    static final int DEFLATE = 8;
    static final int PACK_BITS = 32773;
    private static final int OLD_DEFLATE = 32946;

    /** The one extra sample type that means nothing in the format and alpha to PIL. */
    private static final int COREL = 999;

    /** How much more than the image the tiles may hold, and what they may in any case. */
    private static final int MOST_FILLING = 4;

    private static final long SMALL = 1 << 24;

    /** What the extra sample is. */
    enum Alpha {
        NONE,
        PLAIN,
        /** The colours are multiplied by it. */
        MULTIPLIED
    }

    int across() {
        return (int) ceilDiv(width, pieceWidth);
    }

    int down() {
        return (int) ceilDiv(height, pieceHeight);
    }

    /** Samples of a pixel in one piece. */
    int pieceSamples() {
        return planes == 1 ? samples : 1;
    }

    /** Bytes of a piece's row. */
    int pieceRowBytes() {
        return (int) (((long) pieceWidth * pieceSamples() * bits + 7) / 8);
    }

    private static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    static TiffLayout of(ImageInput in, TiffDirectory tags) throws ImageReadException {
        if (!tags.has(TiffDirectory.WIDTH) || !tags.has(TiffDirectory.HEIGHT)) {
            throw in.error("TIFF states no width or height");
        }
        long width = tags.value(TiffDirectory.WIDTH, 0);
        long height = tags.value(TiffDirectory.HEIGHT, 0);
        if (width == 0 || height == 0) {
            throw in.error("TIFF declares a size of " + width + "x" + height + ", expected at least one pixel");
        }
        in.checkPixels("TIFF", width, height);
        int photometric = tags.intValue(TiffDirectory.PHOTOMETRIC, 0);
        int compression = compression(in, tags);
        int planes = tags.intValue(TiffDirectory.PLANES, 1);
        int extras = tags.count(TiffDirectory.EXTRA_SAMPLES);
        int samples = tags.intValue(TiffDirectory.SAMPLES, 1);
        int bits = bits(in, tags, samples);
        boolean reversed = tags.intValue(TiffDirectory.FILL_ORDER, 1) == 2;
        Alpha alpha = alpha(tags, photometric, samples, extras);
        int colors = photometric == RGB ? 3 : photometric == CMYK ? 4 : 1;
        boolean known = photometric <= PALETTE || photometric == CMYK;
        boolean fits = colors + extras == samples || (photometric == RGB && samples == 4 && extras == 0);
        boolean whole = bits == 8 || samples == 1;
        int format = tags.intValue(TiffDirectory.SAMPLE_FORMAT, 1);
        boolean signedGray = format == 2 && photometric == BLACK_IS_ZERO && samples == 1 && bits == 8 && !reversed;
        boolean extrasKnown = extras == 0 || (extrasKnown(tags, photometric) && !reversed);
        // Of planes PIL reads plain alpha, and passes over what is unspecified where a codec gives it the planes.
        boolean planesKnown = planes == 1
                || extras == 0
                || (photometric == RGB && samples == 4 && alpha == Alpha.PLAIN)
                || (compression != PLAIN && (extras == 1 || alpha == Alpha.NONE));
        if (!known || !fits || !whole || !extrasKnown || !planesKnown || (format != 1 && !signedGray)) {
            throw in.error("TIFF has " + samples + " samples of " + bits + " bits a pixel, photometric " + photometric
                    + ", " + extras + " extra, which is not read; convert it to PNG");
        }
        boolean predicted = predicted(in, tags, compression, bits);
        boolean tiled = !tags.has(TiffDirectory.STRIP_OFFSETS);
        long pieceWidth = tiled ? tags.value(TiffDirectory.TILE_WIDTH, 0) : width;
        long pieceHeight =
                tiled ? tags.value(TiffDirectory.TILE_HEIGHT, 0) : tags.value(TiffDirectory.ROWS_PER_STRIP, height);
        pieceHeight = tiled ? pieceHeight : Math.min(pieceHeight, height);
        if (pieceWidth == 0 || pieceHeight == 0) {
            throw in.error("TIFF has strips or tiles of " + pieceWidth + "x" + pieceHeight + " pixels");
        }
        // Rows of tiles below the image are not decoded, columns to its right are.
        long decoded = ceilDiv(width, pieceWidth) * pieceWidth;
        if (decoded > Integer.MAX_VALUE / 64
                || (decoded * height > SMALL && decoded * height > MOST_FILLING * width * height)) {
            throw in.error("TIFF has tiles of " + pieceWidth + "x" + pieceHeight + " pixels for an image of " + width
                    + "x" + height + "; save it with smaller ones");
        }
        int bands = colors + (alpha == Alpha.NONE ? 0 : 1);
        return new TiffLayout(
                (int) width,
                (int) height,
                bits,
                samples,
                bands,
                alpha,
                photometric,
                compression,
                reversed,
                predicted,
                planes == 2 && samples > 1 ? samples : 1,
                (int) pieceWidth,
                (int) Math.min(pieceHeight, Integer.MAX_VALUE),
                tiled);
    }

    private static int compression(ImageInput in, TiffDirectory tags) throws ImageReadException {
        int compression = tags.intValue(TiffDirectory.COMPRESSION, PLAIN);
        return switch (compression) {
            case PLAIN, LZW, DEFLATE, PACK_BITS -> compression;
            case OLD_DEFLATE -> DEFLATE;
            case 2, 3, 4 -> throw in.error("TIFF is compressed as a fax, which is not read; convert it to PNG");
            case 6, 7 -> throw in.error("TIFF is compressed as JPEG, which is not read; convert it to PNG");
            default ->
                throw in.error("TIFF has compression " + compression
                        + ", expected none, LZW, Deflate or PackBits; convert it to PNG");
        };
    }

    /** Whether PIL knows what to do with the extra samples: the first may be alpha, the others say nothing. */
    private static boolean extrasKnown(TiffDirectory tags, int photometric) {
        int count = tags.count(TiffDirectory.EXTRA_SAMPLES);
        for (int i = 1; i < count; i++) {
            if (tags.value(TiffDirectory.EXTRA_SAMPLES, i) != 0) {
                return false;
            }
        }
        long first = tags.value(TiffDirectory.EXTRA_SAMPLES, 0);
        return switch (photometric) {
            case RGB -> first <= 2 || (first == COREL && count == 1);
            case CMYK -> first == 0;
            case BLACK_IS_ZERO, PALETTE -> count == 1 && (first == 0 || first == 2);
            default -> false;
        };
    }

    /** The bits of every sample, which must be the same; one number stands for all. */
    private static int bits(ImageInput in, TiffDirectory tags, int samples) throws ImageReadException {
        int count = tags.count(TiffDirectory.BITS);
        int bits = tags.intValue(TiffDirectory.BITS, 1);
        boolean same = samples >= 1 && samples <= 6 && (count <= 1 || count >= samples);
        for (int i = 1; same && i < Math.min(count, samples); i++) {
            same = tags.value(TiffDirectory.BITS, i) == bits;
        }
        if (!same || (bits != 1 && bits != 2 && bits != 4 && bits != 8)) {
            throw in.error("TIFF has " + samples + " samples of " + bits
                    + " bits a pixel, expected up to 6 of 1 to 8 bits; convert it to PNG");
        }
        return bits;
    }

    private static Alpha alpha(TiffDirectory tags, int photometric, int samples, int extras) {
        if (photometric == RGB && samples == 4 && extras == 0) {
            return Alpha.PLAIN;
        }
        return switch (tags.intValue(TiffDirectory.EXTRA_SAMPLES, 0)) {
            case 1 -> Alpha.MULTIPLIED;
            case 2 -> Alpha.PLAIN;
            case COREL -> photometric == RGB ? Alpha.PLAIN : Alpha.NONE;
            default -> Alpha.NONE;
        };
    }

    private static boolean predicted(ImageInput in, TiffDirectory tags, int compression, int bits)
            throws ImageReadException {
        int predictor = tags.intValue(TiffDirectory.PREDICTOR, 1);
        if (predictor == 1 || (compression != LZW && compression != DEFLATE)) {
            return false;
        }
        if (predictor != 2 || bits != 8) {
            throw in.error("TIFF has predictor " + predictor + " of " + bits + " bits, expected 1 or 2 of 8 bits");
        }
        return true;
    }
}
