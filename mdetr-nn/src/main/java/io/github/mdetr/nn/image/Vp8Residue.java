package io.github.mdetr.nn.image;

import java.util.Arrays;

/** Reads the coefficients of each macroblock (RFC 6386, section 13) and scales them. */
final class Vp8Residue {
    /** Kinds of blocks, as the probabilities are sorted. */
    private static final int LUMA_WITHOUT_MEAN = 0;

    private static final int MEANS = 1;
    private static final int CHROMA = 2;
    private static final int LUMA = 3;

    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

    /** Band of a coefficient by its position. */
    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7};

    /** Smallest value and probabilities of the additional bits of the six categories of large values. */
    private static final int[] CATEGORY_BASES = {5, 7, 11, 19, 35, 67};

    private static final int[][] CATEGORIES = {
        {159},
        {165, 145},
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    /** Contexts of a macroblock: four of luma, two of each chroma plane, one of the means. */
    private static final int CONTEXTS = 9;

    private static final int MEANS_CONTEXT = 8;

    private final int[] probabilities;
    private final byte[] above;
    private final byte[] left = new byte[CONTEXTS];
    private final short[] means = new short[16];

    /** 16 coefficients each of 16 blocks of luma, 4 of the first and 4 of the second chroma plane. */
    final short[] coefficients = new short[24 * 16];

    /** How many coefficients of each block may be other than zero. */
    final int[] counts = new int[24];

    Vp8Residue(Vp8Header header) {
        this.probabilities = header.probabilities;
        this.above = new byte[header.across * CONTEXTS];
    }

    /** Begins a row of macroblocks. */
    void beginRow() {
        Arrays.fill(left, (byte) 0);
    }

    /** Passes a macroblock without coefficients. */
    void skip(int column, boolean bySubblocks) {
        Arrays.fill(counts, 0);
        // Without a block of means the context of such blocks stays.
        int cleared = bySubblocks ? CONTEXTS - 1 : CONTEXTS;
        Arrays.fill(above, column * CONTEXTS, column * CONTEXTS + cleared, (byte) 0);
        Arrays.fill(left, 0, cleared, (byte) 0);
    }

    /** Reads a macroblock's coefficients; whether any is other than zero. */
    boolean read(Vp8Bits bits, int column, boolean bySubblocks, Vp8Quantizer factors) {
        Arrays.fill(coefficients, (short) 0);
        int top = column * CONTEXTS;
        int first = 0;
        int kind = LUMA;
        if (!bySubblocks) {
            first = 1;
            kind = LUMA_WITHOUT_MEAN;
            readMeans(bits, top + MEANS_CONTEXT, factors);
        }
        boolean any = false;
        for (int i = 0; i < 16; i++) {
            int a = top + (i & 3);
            int l = i >> 2;
            int context = (above[a] + left[l]) * Vp8Probabilities.CONTEXT;
            int start = kind * Vp8Probabilities.KIND + context;
            int count = block(bits, start, first, coefficients, i * 16, factors.lumaDc(), factors.lumaAc());
            byte filled = (byte) (count > first ? 1 : 0);
            above[a] = filled;
            left[l] = filled;
            counts[i] = count > first ? count : coefficients[i * 16] != 0 ? 1 : 0;
            any |= counts[i] > 0;
        }
        for (int i = 16; i < 24; i++) {
            int plane = i < 20 ? 4 : 6;
            int a = top + plane + (i & 1);
            int l = plane + (i >> 1 & 1);
            int start = CHROMA * Vp8Probabilities.KIND + (above[a] + left[l]) * Vp8Probabilities.CONTEXT;
            counts[i] = block(bits, start, 0, coefficients, i * 16, factors.chromaDc(), factors.chromaAc());
            byte filled = (byte) (counts[i] > 0 ? 1 : 0);
            above[a] = filled;
            left[l] = filled;
            any |= counts[i] > 0;
        }
        return any;
    }

    /** Reads the block of means and gives each luma block its first coefficient. */
    private void readMeans(Vp8Bits bits, int top, Vp8Quantizer factors) {
        Arrays.fill(means, (short) 0);
        int context = (above[top] + left[MEANS_CONTEXT]) * Vp8Probabilities.CONTEXT;
        int start = MEANS * Vp8Probabilities.KIND + context;
        int count = block(bits, start, 0, means, 0, factors.meansDc(), factors.meansAc());
        byte filled = (byte) (count > 0 ? 1 : 0);
        above[top] = filled;
        left[MEANS_CONTEXT] = filled;
        if (count > 0) {
            Vp8Transform.means(means, coefficients);
        }
    }

    /**
     * Reads a block.
     *
     * @param start probabilities of its kind and context, in band 0
     * @param first position of its first coefficient
     * @param at where its values go
     * @return position behind its last coefficient
     */
    private int block(Vp8Bits bits, int start, int first, short[] values, int at, int dc, int ac) {
        int[] p = probabilities;
        int kind = start - start % Vp8Probabilities.KIND;
        int i = start + first * Vp8Probabilities.BAND;
        int position = first;
        while (bits.bit(p[i]) != 0) {
            while (bits.bit(p[i + 1]) == 0) {
                position++;
                if (position == 16) {
                    return 16;
                }
                i = kind + BANDS[position] * Vp8Probabilities.BAND;
            }
            int value = 1;
            int context = 1;
            if (bits.bit(p[i + 2]) != 0) {
                value = large(bits, i);
                context = 2;
            }
            int scaled = value * (position == 0 ? dc : ac);
            values[at + ZIGZAG[position]] = (short) (bits.flag() ? -scaled : scaled);
            position++;
            if (position == 16) {
                return 16;
            }
            i = kind + BANDS[position] * Vp8Probabilities.BAND + context * Vp8Probabilities.CONTEXT;
        }
        return position;
    }

    /** A value of at least 2. */
    private int large(Vp8Bits bits, int i) {
        int[] p = probabilities;
        if (bits.bit(p[i + 3]) == 0) {
            return bits.bit(p[i + 4]) == 0 ? 2 : 3 + bits.bit(p[i + 5]);
        }
        int category;
        if (bits.bit(p[i + 6]) == 0) {
            category = bits.bit(p[i + 7]);
        } else {
            int half = bits.bit(p[i + 8]);
            category = 2 + 2 * half + bits.bit(p[i + 9 + half]);
        }
        int more = 0;
        for (int probability : CATEGORIES[category]) {
            more = more << 1 | bits.bit(probability);
        }
        return CATEGORY_BASES[category] + more;
    }
}
