package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * The samples of luma or of one chroma plane in whole macroblocks, with what prediction takes for the samples outside:
 * 127 above, 129 to the left (RFC 6386, section 12.2).
 */
final class Vp8Plane {
    /** Samples to the right of the first row's last block that it may be predicted from. */
    private static final int RIGHT = 4;

    final int stride;
    final byte[] samples;

    Vp8Plane(int width, int height) {
        stride = 1 + width + RIGHT;
        samples = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(samples, 0, stride, (byte) 127);
        for (int at = stride; at < samples.length; at += stride) {
            samples[at] = (byte) 129;
        }
    }

    /** Where the sample of a column and row lies. */
    int at(int x, int y) {
        return (y + 1) * stride + 1 + x;
    }
}
