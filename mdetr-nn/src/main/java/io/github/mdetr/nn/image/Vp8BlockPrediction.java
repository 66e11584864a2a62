package io.github.mdetr.nn.image;

import java.util.Arrays;

/** Predicts whole blocks of luma and chroma from the samples around them (RFC 6386, sections 12.2 and 12.3). */
final class Vp8BlockPrediction {
    private Vp8BlockPrediction() {}

    /**
     * Fills a square block.
     *
     * @param at its first sample
     * @param side its width and height
     * @param mode one of the four of {@link Vp8Modes}
     */
    static void predict(Vp8Plane plane, int at, int side, int mode, boolean hasAbove, boolean hasLeft) {
        byte[] samples = plane.samples;
        int stride = plane.stride;
        switch (mode) {
            case Vp8Modes.DC -> {
                byte mean = (byte) mean(plane, at, side, hasAbove, hasLeft);
                for (int row = at; row < at + side * stride; row += stride) {
                    Arrays.fill(samples, row, row + side, mean);
                }
            }
            case Vp8Modes.VERTICAL -> {
                for (int row = at; row < at + side * stride; row += stride) {
                    System.arraycopy(samples, at - stride, samples, row, side);
                }
            }
            case Vp8Modes.HORIZONTAL -> {
                for (int row = at; row < at + side * stride; row += stride) {
                    Arrays.fill(samples, row, row + side, samples[row - 1]);
                }
            }
            default -> trueMotion(samples, stride, at, side);
        }
    }

    private static int mean(Vp8Plane plane, int at, int side, boolean hasAbove, boolean hasLeft) {
        int sum = 0;
        int count = 0;
        if (hasAbove) {
            for (int i = at - plane.stride; i < at - plane.stride + side; i++) {
                sum += plane.samples[i] & 0xff;
            }
            count += side;
        }
        if (hasLeft) {
            for (int i = at - 1; i < at - 1 + side * plane.stride; i += plane.stride) {
                sum += plane.samples[i] & 0xff;
            }
            count += side;
        }
        return count == 0 ? 128 : (sum + count / 2) / count;
    }

    /** What lies above and what lies to the left, less the corner between them. */
    static void trueMotion(byte[] samples, int stride, int at, int side) {
        int above = at - stride;
        int corner = samples[above - 1] & 0xff;
        for (int row = at; row < at + side * stride; row += stride) {
            int step = (samples[row - 1] & 0xff) - corner;
            for (int x = 0; x < side; x++) {
                samples[row + x] = Vp8Transform.clamp((samples[above + x] & 0xff) + step);
            }
        }
    }
}
