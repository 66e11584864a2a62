package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * The inverse cosine transform of 8×8 coefficients in 13-bit fixed point by the factorization of Loeffler, Ligtenberg
 * and Moschytz (ICASSP 1989). libjpeg's accurate integer transform uses the same factors, precision and roundings, so
 * that the samples are the same to the bit.
 */
final class JpegInverseDct {
    private static final int BITS = 13;

    /** Extra fractional bits between the passes. */
    private static final int PASS_BITS = 2;

    // round(c * 2^13) of sums and differences of sqrt(2) * cos(k * pi / 16).
    private static final int F_0_298 = 2446;
    private static final int F_0_390 = 3196;
    private static final int F_0_541 = 4433;
    private static final int F_0_765 = 6270;
    private static final int F_0_899 = 7373;
    private static final int F_1_175 = 9633;
    private static final int F_1_501 = 12299;
    private static final int F_1_847 = 15137;
    private static final int F_1_961 = 16069;
    private static final int F_2_053 = 16819;
    private static final int F_2_562 = 20995;
    private static final int F_3_072 = 25172;

    /**
     * Beyond this, before clamping, no encoder's rounding leads. Whatever needs more than 16 bits on the way gives a
     * larger sample somewhere in its block, for the transform keeps the sum of squares.
     */
    private static final int WILD = 500;

    private final int[] columns = new int[64];
    private final JpegWrappingDct wrapping = new JpegWrappingDct();
    private boolean wild;

    /**
     * Transforms a block to samples.
     *
     * @param block coefficients in natural order, from {@code at} on
     * @param divisors what they were divided by, in natural order
     * @param last position in zigzag order beyond which all are zero
     * @param samples takes 8 rows of 8 bytes, {@code stride} apart, from {@code to} on
     */
    void transform(short[] block, int at, int[] divisors, int last, byte[] samples, int to, int stride) {
        wild = false;
        if (last == 0) {
            byte flat = (byte) sample((block[at] * divisors[0] + 4) >> 3);
            for (int y = 0; y < 8; y++) {
                Arrays.fill(samples, to + y * stride, to + y * stride + 8, flat);
            }
        } else {
            transformAll(block, at, divisors, last, samples, to, stride);
        }
        if (wild) {
            wrapping.transform(block, at, divisors, samples, to, stride);
        }
    }

    private void transformAll(short[] block, int at, int[] divisors, int last, byte[] samples, int to, int stride) {
        // The first ten coefficients of the zigzag lie in the first four columns.
        int used = last < 10 ? 4 : 8;
        for (int x = 0; x < used; x++) {
            column(block, at + x, divisors, x);
        }
        if (used == 4) {
            for (int y = 0; y < 8; y++) {
                Arrays.fill(columns, y * 8 + 4, y * 8 + 8, 0);
            }
        }
        for (int y = 0; y < 8; y++) {
            row(y * 8, samples, to + y * stride);
        }
    }

    private void column(short[] block, int at, int[] q, int x) {
        int[] out = columns;
        if ((block[at + 8]
                        | block[at + 16]
                        | block[at + 24]
                        | block[at + 32]
                        | block[at + 40]
                        | block[at + 48]
                        | block[at + 56])
                == 0) {
            int flat = (block[at] * q[x]) << PASS_BITS;
            for (int i = x; i < 64; i += 8) {
                out[i] = flat;
            }
            return;
        }
        int s2 = block[at + 16] * q[x + 16];
        int s6 = block[at + 48] * q[x + 48];
        int shared = (s2 + s6) * F_0_541;
        int e2 = shared - s6 * F_1_847;
        int e3 = shared + s2 * F_0_765;
        int s0 = block[at] * q[x];
        int s4 = block[at + 32] * q[x + 32];
        // One half of the last place that stays, for rounding, rides along in the even part.
        int e0 = ((s0 + s4) << BITS) + (1 << (BITS - PASS_BITS - 1));
        int e1 = ((s0 - s4) << BITS) + (1 << (BITS - PASS_BITS - 1));
        int a0 = e0 + e3;
        int a3 = e0 - e3;
        int a1 = e1 + e2;
        int a2 = e1 - e2;

        int s7 = block[at + 56] * q[x + 56];
        int s5 = block[at + 40] * q[x + 40];
        int s3 = block[at + 24] * q[x + 24];
        int s1 = block[at + 8] * q[x + 8];
        int z5 = (s7 + s3 + s5 + s1) * F_1_175;
        int z1 = -(s7 + s1) * F_0_899;
        int z2 = -(s5 + s3) * F_2_562;
        int z3 = z5 - (s7 + s3) * F_1_961;
        int z4 = z5 - (s5 + s1) * F_0_390;
        int b0 = s7 * F_0_298 + z1 + z3;
        int b1 = s5 * F_2_053 + z2 + z4;
        int b2 = s3 * F_3_072 + z2 + z3;
        int b3 = s1 * F_1_501 + z1 + z4;

        int shift = BITS - PASS_BITS;
        out[x] = (a0 + b3) >> shift;
        out[x + 56] = (a0 - b3) >> shift;
        out[x + 8] = (a1 + b2) >> shift;
        out[x + 48] = (a1 - b2) >> shift;
        out[x + 16] = (a2 + b1) >> shift;
        out[x + 40] = (a2 - b1) >> shift;
        out[x + 24] = (a3 + b0) >> shift;
        out[x + 32] = (a3 - b0) >> shift;
    }

    private void row(int from, byte[] samples, int to) {
        int[] in = columns;
        int s1 = in[from + 1];
        int s2 = in[from + 2];
        int s3 = in[from + 3];
        int s4 = in[from + 4];
        int s5 = in[from + 5];
        int s6 = in[from + 6];
        int s7 = in[from + 7];
        int half = 1 << (BITS + PASS_BITS + 2);
        int shared = (s2 + s6) * F_0_541;
        int e2 = shared - s6 * F_1_847;
        int e3 = shared + s2 * F_0_765;
        int e0 = ((in[from] + s4) << BITS) + half;
        int e1 = ((in[from] - s4) << BITS) + half;
        int a0 = e0 + e3;
        int a3 = e0 - e3;
        int a1 = e1 + e2;
        int a2 = e1 - e2;

        int z5 = (s7 + s3 + s5 + s1) * F_1_175;
        int z1 = -(s7 + s1) * F_0_899;
        int z2 = -(s5 + s3) * F_2_562;
        int z3 = z5 - (s7 + s3) * F_1_961;
        int z4 = z5 - (s5 + s1) * F_0_390;
        int b0 = s7 * F_0_298 + z1 + z3;
        int b1 = s5 * F_2_053 + z2 + z4;
        int b2 = s3 * F_3_072 + z2 + z3;
        int b3 = s1 * F_1_501 + z1 + z4;

        int shift = BITS + PASS_BITS + 3;
        samples[to] = (byte) sample((a0 + b3) >> shift);
        samples[to + 7] = (byte) sample((a0 - b3) >> shift);
        samples[to + 1] = (byte) sample((a1 + b2) >> shift);
        samples[to + 6] = (byte) sample((a1 - b2) >> shift);
        samples[to + 2] = (byte) sample((a2 + b1) >> shift);
        samples[to + 5] = (byte) sample((a2 - b1) >> shift);
        samples[to + 3] = (byte) sample((a3 + b0) >> shift);
        samples[to + 4] = (byte) sample((a3 - b0) >> shift);
    }

    /** Moves zero to the middle of the range and clamps. */
    private int sample(int value) {
        int shifted = value + 128;
        return (shifted & ~0xff) == 0 ? shifted : clamp(shifted);
    }

    private int clamp(int shifted) {
        if (shifted > WILD || shifted < -WILD) {
            wild = true;
        }
        return (~shifted >> 31) & 0xff;
    }
}
