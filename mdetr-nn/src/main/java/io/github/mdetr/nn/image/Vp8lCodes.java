package io.github.mdetr.nn.image;

/** The prefix codes of an image, and which of its blocks takes which (RFC 9649, sections 3.7.2.2 and 3.7.3). */
final class Vp8lCodes {
    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;

    private final Vp8lPrefixCode[][] groups;
    private final int blockBits;
    private final int blocksAcross;
    private final int[] blocks;

    /**
     * Codes that were read.
     *
     * @param groups five codes each: green with lengths and cached colours, red, blue, alpha, distances
     * @param blockBits binary logarithm of a block's side
     * @param blocksAcross blocks a row
     * @param blocks which group each block takes; empty where all take the first
     */
    private Vp8lCodes(Vp8lPrefixCode[][] groups, int blockBits, int blocksAcross, int[] blocks) {
        this.groups = groups;
        this.blockBits = blockBits;
        this.blocksAcross = blocksAcross;
        this.blocks = blocks;
    }

    /**
     * Reads the codes of an image.
     *
     * @param blocks meta prefix codes as read, of which this makes places among the groups; empty without
     * @param cacheBits binary logarithm of the number of cached colours, 0 without
     */
    static Vp8lCodes read(ImageInput in, Vp8lBits bits, int blockBits, int blocksAcross, int[] blocks, int cacheBits)
            throws ImageReadException {
        int greens = 256 + LENGTHS + (cacheBits == 0 ? 0 : 1 << cacheBits);
        int largest = 0;
        for (int block : blocks) {
            largest = Math.max(largest, block);
        }
        // Codes that no block takes are read and forgotten.
        int[] places = new int[largest + 1];
        for (int block : blocks) {
            places[block] = 1;
        }
        places[0] = blocks.length == 0 ? 1 : places[0];
        int used = 0;
        for (int i = 0; i < places.length; i++) {
            places[i] = places[i] == 0 ? -1 : used++;
        }
        Vp8lCodeReader reader = new Vp8lCodeReader(in, bits, greens);
        Vp8lPrefixCode[][] groups = new Vp8lPrefixCode[used][];
        for (int place : places) {
            Vp8lPrefixCode[] group = {
                reader.read(greens), reader.read(256), reader.read(256), reader.read(256), reader.read(DISTANCES)
            };
            if (place >= 0) {
                groups[place] = group;
            }
        }
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = places[blocks[i]];
        }
        return new Vp8lCodes(groups, blockBits, blocksAcross, blocks);
    }

    /** Column within a block: zero where other codes may begin. */
    int blockMask() {
        return blocks.length == 0 ? -1 : (1 << blockBits) - 1;
    }

    /** The codes of the pixel at a column and row. */
    Vp8lPrefixCode[] at(int x, int y) {
        return blocks.length == 0 ? groups[0] : groups[blocks[(y >> blockBits) * blocksAcross + (x >> blockBits)]];
    }
}
