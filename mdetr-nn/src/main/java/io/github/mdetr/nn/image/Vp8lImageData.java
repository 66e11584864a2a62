package io.github.mdetr.nn.image;

/** Decodes an entropy-coded image: the pixels themselves, or what a transform needs (RFC 9649, sections 3.6 and 3.7). */
final class Vp8lImageData {
    private static final int LITERALS = 256;
    private static final int LENGTHS_END = LITERALS + 24;
    private static final int MAX_CACHE_BITS = 11;
    private static final int HASH = 0x1e35a7bd;

    private final ImageInput in;
    private final Vp8lBits bits;

    Vp8lImageData(ImageInput in, Vp8lBits bits) {
        this.in = in;
        this.bits = bits;
    }

    /** The values of a small image, one for each block of so many pixels, as ARGB. */
    int[] readBlocks(int width, int height, int blockBits) throws ImageReadException {
        int across = blocks(width, blockBits);
        int down = blocks(height, blockBits);
        int[] values = new int[across * down];
        read(across, down, false, values);
        return values;
    }

    /** Blocks along a side. */
    static int blocks(int side, int blockBits) {
        return (side + (1 << blockBits) - 1) >> blockBits;
    }

    /**
     * Decodes an image.
     *
     * @param main whether it is the image itself, whose blocks may have codes of their own
     * @param pixels where the ARGB values go; may be longer
     */
    void read(int width, int height, boolean main, int[] pixels) throws ImageReadException {
        int cacheBits = 0;
        if (bits.flag()) {
            cacheBits = bits.read(4);
            if (cacheBits < 1 || cacheBits > MAX_CACHE_BITS) {
                throw in.error("WebP is damaged: a cache of 2^" + cacheBits + " colours, expected 2^1 to 2^11");
            }
        }
        int blockBits = 0;
        int[] blocks = new int[0];
        if (main && bits.flag()) {
            blockBits = 2 + bits.read(3);
            blocks = readBlocks(width, height, blockBits);
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = blocks[i] >> 8 & 0xffff;
            }
        }
        Vp8lCodes codes = Vp8lCodes.read(in, bits, blockBits, blocks(width, blockBits), blocks, cacheBits);
        readPixels(width, width * height, codes, cacheBits, pixels);
    }

    private void readPixels(int width, int count, Vp8lCodes codes, int cacheBits, int[] pixels)
            throws ImageReadException {
        int[] cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
        int shift = 32 - cacheBits;
        int blockMask = codes.blockMask();
        Vp8lPrefixCode[] group = codes.at(0, 0);
        int x = 0;
        int y = 0;
        int at = 0;
        while (at < count) {
            if ((x & blockMask) == 0) {
                group = codes.at(x, y);
            }
            int symbol = group[0].read(bits);
            int copied = 1;
            if (symbol < LITERALS) {
                int red = group[1].read(bits);
                int blue = group[2].read(bits);
                pixels[at] = group[3].read(bits) << 24 | red << 16 | symbol << 8 | blue;
            } else if (symbol < LENGTHS_END) {
                copied = number(symbol - LITERALS);
                int distance = Vp8lDistances.pixels(number(group[4].read(bits)), width);
                if (bits.ended()) {
                    throw truncated();
                }
                if (distance > at || copied > count - at) {
                    throw in.error("WebP is damaged: a copy from outside the image, at pixel " + at);
                }
                for (int i = at; i < at + copied; i++) {
                    pixels[i] = pixels[i - distance];
                }
            } else {
                pixels[at] = cache[symbol - LENGTHS_END];
            }
            if (cacheBits > 0) {
                for (int i = at; i < at + copied; i++) {
                    cache[(HASH * pixels[i]) >>> shift] = pixels[i];
                }
            }
            at += copied;
            x += copied;
            if (x >= width) {
                if (bits.ended()) {
                    throw truncated();
                }
                y += x / width;
                x %= width;
            }
            if (copied > 1 && at < count) {
                group = codes.at(x, y);
            }
        }
        if (bits.ended()) {
            throw truncated();
        }
    }

    /** A length or distance from its prefix (RFC 9649, section 3.6.2.2). */
    private int number(int prefix) {
        if (prefix < 4) {
            return prefix + 1;
        }
        int more = (prefix - 2) >> 1;
        return ((2 + (prefix & 1)) << more) + bits.read(more) + 1;
    }

    private ImageReadException truncated() {
        return in.error("WebP is truncated: its data ends before its last pixel");
    }
}
