package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * Which input samples, at which fixed-point weights, make each output sample of a bilinear resize along one axis.
 *
 * <p>PIL's rule: the triangle filter reaches one <em>output</em> sample to each side when shrinking, so that it
 * antialiases, and one input sample when enlarging; weights are normalized in double precision, then rounded to
 * {@value #BITS} fractional bits. The arithmetic keeps PIL's order, so the weights are the same to the bit.
 */
final class ResampleWindows {
    /** Fractional bits of a weight: 8 bits of pixel and 2 of head room leave 22 of an int. */
    static final int BITS = 32 - 8 - 2;

    /** One half, the start of every sum. */
    static final int HALF = 1 << (BITS - 1);

    /** How many input samples make up output o: {@code start[o + 1] - start[o]}; its weights begin at {@code start[o]}. */
    final int[] start;

    /** First input sample of each output. */
    final int[] first;

    /** The weights of all outputs, one after the other. */
    final int[] weights;

    ResampleWindows(int inputs, int outputs) {
        double scale = (double) inputs / outputs;
        double support = Math.max(scale, 1.0);
        double inverse = 1.0 / support;
        start = new int[outputs + 1];
        first = new int[outputs];
        int[] packed = new int[Math.toIntExact(Math.min(2L * inputs + 3L * outputs, Integer.MAX_VALUE - 8))];
        int used = 0;
        for (int o = 0; o < outputs; o++) {
            double center = (o + 0.5) * scale;
            int begin = Math.max((int) (center - support + 0.5), 0);
            int end = Math.min((int) (center + support + 0.5), inputs);
            double total = 0;
            for (int i = begin; i < end; i++) {
                total += triangle((i - center + 0.5) * inverse);
            }
            for (int i = begin; i < end; i++) {
                double weight = triangle((i - center + 0.5) * inverse);
                packed[used++] = (int) (0.5 + (total == 0 ? weight : weight / total) * (1 << BITS));
            }
            first[o] = begin;
            start[o + 1] = used;
        }
        weights = Arrays.copyOf(packed, used);
    }

    /** Output samples. */
    int outputs() {
        return first.length;
    }

    /** The 8-bit value of a sum; rounded weights may add up to a little more than one. */
    static int round(int sum) {
        return Math.min(sum >> BITS, 255);
    }

    private static double triangle(double distance) {
        double magnitude = Math.abs(distance);
        return magnitude < 1.0 ? 1.0 - magnitude : 0.0;
    }
}
