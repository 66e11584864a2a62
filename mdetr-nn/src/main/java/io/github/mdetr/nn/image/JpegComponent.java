package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/** One colour component of a JPEG: its sampling, its tables, and while decoding its state. */
final class JpegComponent {
    /** Its name in scan headers. */
    final int id;

    /** Samples across and down, relative to the frame's other components. */
    final int h;

    final int v;

    final int quantizer;

    /** Samples that belong to the image. */
    final int width;

    final int height;

    /** Blocks that hold them. */
    final int blocksWide;

    final int blocksHigh;

    /** Blocks with those that fill up the frame's last units. */
    final int paddedBlocksWide;

    final int paddedBlocksHigh;

    /** Divisors of the coefficients in natural order, those in force at the component's first scan. */
    int @Nullable [] quantization;

    /** All coefficients, blocks row by row, 64 each in natural order; only where the file needs more than one scan. */
    short @Nullable [] coefficients;

    /** The DC value before, which the next is coded relative to. */
    int lastDc;

    JpegComponent(int id, int h, int v, int quantizer, int imageWidth, int imageHeight, int maxH, int maxV) {
        this.id = id;
        this.h = h;
        this.v = v;
        this.quantizer = quantizer;
        this.width = ceilDiv((long) imageWidth * h, maxH);
        this.height = ceilDiv((long) imageHeight * v, maxV);
        this.blocksWide = ceilDiv(width, 8);
        this.blocksHigh = ceilDiv(height, 8);
        this.paddedBlocksWide = ceilDiv(imageWidth, 8 * maxH) * h;
        this.paddedBlocksHigh = ceilDiv(imageHeight, 8 * maxV) * v;
    }

    long blocks() {
        return (long) paddedBlocksWide * paddedBlocksHigh;
    }

    private static int ceilDiv(long a, int b) {
        return (int) ((a + b - 1) / b);
    }
}
