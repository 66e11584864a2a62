package io.github.mdetr.nn.image;

/** The header of a VP8 key frame (RFC 6386, sections 9.1 to 9.11). */
final class Vp8Header {
    private static final int TAG = 3;
    private static final int SIZES = 7;
    private static final int SEGMENTS = 4;

    /** A macroblock takes more than two bits of the first partition, however it is coded. */
    private static final int MACROBLOCKS_A_BYTE = 4;

    final int width;
    final int height;

    /** Macroblocks a row. */
    final int across;

    /** Rows of macroblocks. */
    final int down;

    /** The first partition, at its first macroblock once the header was read. */
    final Vp8Bits modes;

    /** The partitions of coefficients, which the rows of macroblocks take in turn. */
    final Vp8Bits[] partitions;

    /** Probabilities of the three branches to a segment's number; empty where macroblocks do not tell theirs. */
    final int[] segmentTree;

    final Vp8FilterLevels filter;
    final Vp8Quantizer[] quantizers = new Vp8Quantizer[SEGMENTS];

    /** Filter levels of the segments before they are adjusted. */
    final int[] levels = new int[SEGMENTS];

    final int[] probabilities;

    /** Probability that a macroblock has coefficients; -1 where none says that it has not. */
    final int unskipped;

    /**
     * Reads the header.
     *
     * @param from first byte of the image
     * @param declared its length as its chunk says
     * @param end where it ends, a byte of padding included
     */
    Vp8Header(ImageInput in, int from, long declared, int end) throws ImageReadException {
        WebpSize size = WebpSize.ofLossy(in, from, declared, end);
        width = size.width();
        height = size.height();
        across = (width + 15) / 16;
        down = (height + 15) / 16;
        int data = from + TAG + SIZES;
        int length = in.u24le(from) >> 5;
        if (length > end - data) {
            throw in.error("WebP is truncated: the first partition has " + length + " bytes, the image " + (end - data)
                    + " left");
        }
        if ((long) across * down / MACROBLOCKS_A_BYTE > length) {
            throw in.error("WebP is truncated: " + length + " bytes cannot hold the modes of " + width + "x" + height
                    + " pixels");
        }
        modes = new Vp8Bits(in.bytes(), data, data + length);
        // Colour space and whether values need no clamping: neither changes what is decoded.
        modes.number(2);
        int[] indices = new int[SEGMENTS];
        boolean segmented = modes.flag();
        boolean mapped = segmented && modes.flag();
        boolean absolute = segmented && readSegments(indices);
        segmentTree = new int[mapped ? 3 : 0];
        for (int i = 0; i < segmentTree.length; i++) {
            segmentTree[i] = modes.flag() ? modes.number(8) : 255;
        }
        filter = Vp8FilterLevels.read(modes);
        partitions = partitions(in, data + length, end);
        Vp8Quantizer.Indices frame = Vp8Quantizer.Indices.read(modes);
        for (int i = 0; i < SEGMENTS; i++) {
            quantizers[i] = frame.at(absolute ? indices[i] : frame.base() + indices[i]);
            levels[i] = absolute ? levels[i] : filter.level() + levels[i];
        }
        // Whether probabilities are kept for later frames.
        modes.flag();
        probabilities = Vp8Probabilities.read(modes);
        unskipped = modes.flag() ? modes.number(8) : -1;
        if (modes.ended()) {
            throw in.error("WebP is truncated: its first partition ends within its header");
        }
    }

    /** Reads what the segments say; whether they say it for themselves, as by default, and not as differences. */
    private boolean readSegments(int[] indices) {
        if (!modes.flag()) {
            return true;
        }
        boolean absolute = modes.flag();
        for (int i = 0; i < SEGMENTS; i++) {
            indices[i] = modes.optionalSigned(7);
        }
        for (int i = 0; i < SEGMENTS; i++) {
            levels[i] = modes.optionalSigned(6);
        }
        return absolute;
    }

    private Vp8Bits[] partitions(ImageInput in, int from, int end) throws ImageReadException {
        Vp8Bits[] found = new Vp8Bits[1 << modes.number(2)];
        int at = from + 3 * (found.length - 1);
        for (int i = 0; i < found.length && at < end; i++) {
            int size = from + 3 * i;
            int next = i == found.length - 1 ? end : Math.min(end, at + in.u24le(size));
            // One that is cut ends in an error when more is read than it holds.
            found[i] = new Vp8Bits(in.bytes(), at, next);
            at = next;
        }
        if (found[found.length - 1] == null) {
            throw in.error("WebP is truncated: it ends before its last partition of coefficients");
        }
        return found;
    }
}
