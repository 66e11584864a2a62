package io.github.mdetr.nn.image;

/**
 * {@link JpegInverseDct} for coefficients that no encoder writes: in the 16 bits that libjpeg-turbo's vector instructions
 * (x86, ARM) have for products with divisors, for sums before a multiplication and, saturated, between the passes.
 */
final class JpegWrappingDct {
    private static final int BITS = 13;
    private static final int PASS_BITS = 2;

    private final int[] line = new int[8];
    private final int[] grid = new int[64];

    /** As {@link JpegInverseDct#transform}. */
    void transform(short[] block, int at, int[] divisors, byte[] samples, int to, int stride) {
        boolean flat = true;
        for (int i = 8; i < 64; i++) {
            flat &= block[at + i] == 0;
        }
        for (int x = 0; x < 8; x++) {
            for (int y = 0; y < 8; y++) {
                line[y] = (short) (block[at + y * 8 + x] * divisors[y * 8 + x]);
            }
            if (flat) {
                for (int y = 0; y < 8; y++) {
                    grid[y * 8 + x] = (short) (line[0] << PASS_BITS);
                }
            } else {
                pass(BITS - PASS_BITS);
                for (int y = 0; y < 8; y++) {
                    grid[y * 8 + x] = saturate(line[y], Short.MIN_VALUE, Short.MAX_VALUE);
                }
            }
        }
        for (int y = 0; y < 8; y++) {
            System.arraycopy(grid, y * 8, line, 0, 8);
            pass(BITS + PASS_BITS + 3);
            for (int x = 0; x < 8; x++) {
                samples[to + y * stride + x] = (byte) (saturate(line[x], -128, 127) + 128);
            }
        }
    }

    private static int saturate(int value, int least, int most) {
        return Math.max(least, Math.min(value, most));
    }

    /** One pass in place; the factors are those of {@link JpegInverseDct}. */
    private void pass(int shift) {
        int half = 1 << (shift - 1);
        int e3 = line[2] * (4433 + 6270) + line[6] * 4433;
        int e2 = line[2] * 4433 + line[6] * (4433 - 15137);
        int e0 = ((short) (line[0] + line[4]) << BITS) + half;
        int e1 = ((short) (line[0] - line[4]) << BITS) + half;
        int z3 = (short) (line[7] + line[3]);
        int z4 = (short) (line[5] + line[1]);
        int y3 = z3 * (9633 - 16069) + z4 * 9633;
        int y4 = z3 * 9633 + z4 * (9633 - 3196);
        int b0 = line[7] * (2446 - 7373) - line[1] * 7373 + y3;
        int b1 = line[5] * (16819 - 20995) - line[3] * 20995 + y4;
        int b2 = line[3] * (25172 - 20995) - line[5] * 20995 + y3;
        int b3 = line[1] * (12299 - 7373) - line[7] * 7373 + y4;
        line[0] = (e0 + e3 + b3) >> shift;
        line[7] = (e0 + e3 - b3) >> shift;
        line[1] = (e1 + e2 + b2) >> shift;
        line[6] = (e1 + e2 - b2) >> shift;
        line[2] = (e1 - e2 + b1) >> shift;
        line[5] = (e1 - e2 - b1) >> shift;
        line[3] = (e0 - e3 + b0) >> shift;
        line[4] = (e0 - e3 - b0) >> shift;
    }
}
