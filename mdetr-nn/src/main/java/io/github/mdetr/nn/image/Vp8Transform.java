package io.github.mdetr.nn.image;

/** The inverse transforms (RFC 6386, section 14). */
final class Vp8Transform {
    /** sqrt(2)·cos(π/8) − 1 and sqrt(2)·sin(π/8) in 65536ths. */
    private static final int COS_LESS_1 = 20091;

    private static final int SIN = 35468;

    private Vp8Transform() {}

    /** The Walsh-Hadamard transform of 16 means into the first coefficient of each of 16 blocks. */
    static void means(short[] in, short[] out) {
        int[] half = new int[16];
        for (int i = 0; i < 4; i++) {
            int outer = in[i] + in[12 + i];
            int inner = in[4 + i] + in[8 + i];
            int innerStep = in[4 + i] - in[8 + i];
            int outerStep = in[i] - in[12 + i];
            half[i] = outer + inner;
            half[4 + i] = outerStep + innerStep;
            half[8 + i] = outer - inner;
            half[12 + i] = outerStep - innerStep;
        }
        for (int i = 0; i < 16; i += 4) {
            int outer = half[i] + half[i + 3];
            int inner = half[i + 1] + half[i + 2];
            int innerStep = half[i + 1] - half[i + 2];
            int outerStep = half[i] - half[i + 3];
            out[i * 16] = (short) ((outer + inner + 3) >> 3);
            out[(i + 1) * 16] = (short) ((outerStep + innerStep + 3) >> 3);
            out[(i + 2) * 16] = (short) ((outer - inner + 3) >> 3);
            out[(i + 3) * 16] = (short) ((outerStep - innerStep + 3) >> 3);
        }
    }

    /** Adds a block of one coefficient to the prediction. */
    static void addMean(int coefficient, byte[] pixels, int at, int stride) {
        int add = (coefficient + 4) >> 3;
        for (int y = 0; y < 4; y++) {
            int row = at + y * stride;
            for (int x = row; x < row + 4; x++) {
                pixels[x] = clamp((pixels[x] & 0xff) + add);
            }
        }
    }

    /**
     * Adds a block of coefficients, transformed, to the prediction.
     *
     * @param from where its 16 coefficients begin
     * @param half room for 16 numbers
     */
    static void add(short[] in, int from, byte[] pixels, int at, int stride, int[] half) {
        for (int i = 0; i < 4; i++) {
            int first = in[from + i];
            int second = in[from + 4 + i];
            int third = in[from + 8 + i];
            int fourth = in[from + 12 + i];
            int even = first + third;
            int evenStep = first - third;
            int oddStep = times(second, SIN) - fourth - times(fourth, COS_LESS_1);
            int odd = second + times(second, COS_LESS_1) + times(fourth, SIN);
            half[i] = even + odd;
            half[4 + i] = evenStep + oddStep;
            half[8 + i] = evenStep - oddStep;
            half[12 + i] = even - odd;
        }
        for (int y = 0; y < 4; y++) {
            int first = half[4 * y] + 4;
            int second = half[4 * y + 1];
            int third = half[4 * y + 2];
            int fourth = half[4 * y + 3];
            int even = first + third;
            int evenStep = first - third;
            int oddStep = times(second, SIN) - fourth - times(fourth, COS_LESS_1);
            int odd = second + times(second, COS_LESS_1) + times(fourth, SIN);
            int row = at + y * stride;
            pixels[row] = clamp((pixels[row] & 0xff) + ((even + odd) >> 3));
            pixels[row + 1] = clamp((pixels[row + 1] & 0xff) + ((evenStep + oddStep) >> 3));
            pixels[row + 2] = clamp((pixels[row + 2] & 0xff) + ((evenStep - oddStep) >> 3));
            pixels[row + 3] = clamp((pixels[row + 3] & 0xff) + ((even - odd) >> 3));
        }
    }

    private static int times(int value, int factor) {
        return (value * factor) >> 16;
    }

    /** A number as the nearest byte. */
    static byte clamp(int value) {
        return (byte) (value < 0 ? 0 : Math.min(value, 255));
    }
}
