package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * The samples of one component around the rows being finished, and their enlargement to the image's size.
 *
 * <p>Halved components are interpolated as libjpeg does by default ("fancy upsampling"): a triangle filter that weighs
 * the nearer sample 3/4 and the farther 1/4 along each halved axis, its rounding alternating so that it has no bias.
 * Other ratios, and components at most two samples wide where the width is halved, repeat samples.
 */
final class JpegPlane {
    private final JpegComponent component;
    private final int acrossRatio;
    private final int downRatio;
    private final boolean smoothAcross;
    private final boolean smoothDown;
    private final int stride;

    /** Two rows of units: while one is decoded the other may still be the neighbour above. */
    private final int heldRows;

    private final byte[] samples;
    private final byte[] line;
    private final int[] sums;
    private byte[] row;
    private int rowOffset;

    JpegPlane(JpegFrame frame, JpegComponent component) {
        this.component = component;
        this.acrossRatio = frame.maxH() / component.h;
        this.downRatio = frame.maxV() / component.v;
        boolean wide = component.width > 2;
        this.smoothAcross = acrossRatio == 2 && downRatio <= 2 && wide;
        this.smoothDown = downRatio == 2 && (acrossRatio == 1 || smoothAcross);
        this.stride = component.paddedBlocksWide * 8;
        this.heldRows = 2 * 8 * component.v;
        this.samples = new byte[heldRows * stride];
        boolean direct = acrossRatio == 1 && !smoothDown;
        this.line = new byte[direct ? 0 : component.width * acrossRatio];
        this.sums = new int[smoothAcross ? component.width : 0];
        this.row = samples;
    }

    /** The samples, into which blocks are transformed. */
    byte[] samples() {
        return samples;
    }

    int stride() {
        return stride;
    }

    /** Where the block at a column and row of blocks has its first sample. */
    int blockOffset(int column, int blockRow) {
        return blockRow * 8 % heldRows * stride + column * 8;
    }

    /** Makes a row of the image's size ready: {@link #row} from {@link #rowOffset} on. */
    void select(int y) {
        int near = y / downRatio;
        int nearOffset = offset(near);
        if (acrossRatio == 1 && !smoothDown) {
            row = samples;
            rowOffset = nearOffset;
            return;
        }
        row = line;
        rowOffset = 0;
        boolean lower = (y & 1) == 1;
        int farOffset = offset(lower ? near + 1 : near - 1);
        if (smoothDown && smoothAcross) {
            enlargeBoth(nearOffset, farOffset);
        } else if (smoothDown) {
            enlargeDown(nearOffset, farOffset, lower ? 2 : 1);
        } else if (smoothAcross) {
            enlargeAcross(nearOffset);
        } else {
            repeatAcross(nearOffset);
        }
    }

    byte[] row() {
        return row;
    }

    int rowOffset() {
        return rowOffset;
    }

    /** Where a row of samples begins; beyond the image's edge its last row is repeated. */
    private int offset(int sampleRow) {
        int inside = Math.max(0, Math.min(sampleRow, component.height - 1));
        return inside % heldRows * stride;
    }

    private void repeatAcross(int from) {
        for (int x = 0; x < component.width; x++) {
            Arrays.fill(line, x * acrossRatio, (x + 1) * acrossRatio, samples[from + x]);
        }
    }

    private void enlargeDown(int near, int far, int rounding) {
        for (int x = 0; x < component.width; x++) {
            line[x] = (byte) (((samples[near + x] & 0xff) * 3 + (samples[far + x] & 0xff) + rounding) >> 2);
        }
    }

    private void enlargeAcross(int from) {
        int last = component.width - 1;
        int left = samples[from] & 0xff;
        int here = left;
        for (int x = 0; x < last; x++) {
            int right = samples[from + x + 1] & 0xff;
            line[2 * x] = (byte) ((here * 3 + left + 1) >> 2);
            line[2 * x + 1] = (byte) ((here * 3 + right + 2) >> 2);
            left = here;
            here = right;
        }
        line[2 * last] = (byte) ((here * 3 + left + 1) >> 2);
        line[2 * last + 1] = (byte) here;
    }

    private void enlargeBoth(int near, int far) {
        for (int x = 0; x < sums.length; x++) {
            sums[x] = (samples[near + x] & 0xff) * 3 + (samples[far + x] & 0xff);
        }
        int last = sums.length - 1;
        int left = sums[0];
        int here = left;
        for (int x = 0; x < last; x++) {
            int right = sums[x + 1];
            line[2 * x] = (byte) ((here * 3 + left + 8) >> 4);
            line[2 * x + 1] = (byte) ((here * 3 + right + 7) >> 4);
            left = here;
            here = right;
        }
        line[2 * last] = (byte) ((here * 3 + left + 8) >> 4);
        line[2 * last + 1] = (byte) ((here * 4 + 7) >> 4);
    }
}
