package io.github.mdetr.nn.image;

/** What a frame's header says of its loop filter (RFC 6386, sections 9.3, 9.4, 9.6 and 15.4). */
final class Vp8FilterLevels {
    private static final int MOST = 63;

    final boolean simple;
    private final int level;
    private final int sharpness;
    private final boolean adjusts;

    /** What a key frame needs: the adjustment for intra-coded macroblocks, and for those predicted by subblocks. */
    private final int intra;

    private final int subblocks;

    private Vp8FilterLevels(Vp8Bits bits) {
        simple = bits.flag();
        level = bits.number(6);
        sharpness = bits.number(3);
        adjusts = bits.flag();
        int[] adjustments = new int[8];
        if (adjusts && bits.flag()) {
            for (int i = 0; i < adjustments.length; i++) {
                adjustments[i] = bits.optionalSigned(6);
            }
        }
        intra = adjustments[0];
        subblocks = adjustments[4];
    }

    static Vp8FilterLevels read(Vp8Bits bits) {
        return new Vp8FilterLevels(bits);
    }

    /** The level of a frame of one segment; at zero nothing is filtered, whatever the segments say. */
    int level() {
        return level;
    }

    /** The level of a macroblock of a segment with the given level. */
    int of(int segmentLevel, boolean bySubblocks) {
        int adjusted = segmentLevel;
        if (adjusts) {
            adjusted += intra + (bySubblocks ? subblocks : 0);
        }
        return Math.max(0, Math.min(adjusted, MOST));
    }

    /** How much neighbours within a block may differ where a level's filter is to act. */
    int interiorLimit(int macroblockLevel) {
        int limit = macroblockLevel;
        if (sharpness > 0) {
            limit = Math.min(limit >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        return Math.max(1, limit);
    }

    /** The difference from which on an edge is taken for one of the picture. */
    static int edgeThreshold(int macroblockLevel) {
        return macroblockLevel >= 40 ? 2 : macroblockLevel >= 15 ? 1 : 0;
    }
}
