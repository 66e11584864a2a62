package io.github.mdetr.nn.image;

/** Predicts subblocks of 4x4 luma samples (RFC 6386, section 12.3). */
final class Vp8SubblockPrediction {
    /** Samples around a block from the lowest at its left over its corner to the last at its upper right. */
    private static final int EDGE = 4 + 1 + 8;

    /** Place of the corner among them. */
    private static final int CORNER = 4;

    private final byte[] samples;
    private final int stride;
    private final int[] edge = new int[EDGE];
    private int at;

    Vp8SubblockPrediction(Vp8Plane plane) {
        this.samples = plane.samples;
        this.stride = plane.stride;
    }

    /**
     * Fills a subblock.
     *
     * @param block its first sample
     * @param right first of the four samples that stand for those above and to the right of it
     * @param step between those four: 0 where one stands for all
     */
    void predict(int block, int mode, int right, int step) {
        at = block;
        for (int i = 0; i < 4; i++) {
            edge[3 - i] = samples[at - 1 + i * stride] & 0xff;
            edge[CORNER + 1 + i] = samples[at - stride + i] & 0xff;
            edge[CORNER + 5 + i] = samples[right + i * step] & 0xff;
        }
        edge[CORNER] = samples[at - stride - 1] & 0xff;
        switch (mode) {
            case Vp8Modes.DC -> mean();
            case Vp8Modes.TRUE_MOTION -> Vp8BlockPrediction.trueMotion(samples, stride, at, 4);
            case Vp8Modes.VERTICAL -> vertical();
            case Vp8Modes.HORIZONTAL -> horizontal();
            case Vp8Modes.LEFT_DOWN -> leftDown();
            case Vp8Modes.RIGHT_DOWN -> rightDown();
            case Vp8Modes.VERTICAL_RIGHT -> verticalRight();
            case Vp8Modes.VERTICAL_LEFT -> verticalLeft();
            case Vp8Modes.HORIZONTAL_DOWN -> horizontalDown();
            default -> horizontalUp();
        }
    }

    /** Mean of a sample of the edge and the next. */
    private int two(int i) {
        return (edge[i] + edge[i + 1] + 1) >> 1;
    }

    /** A sample of the edge smoothed with its neighbours. */
    private int three(int i) {
        return smooth(edge[i - 1], edge[i], edge[i + 1]);
    }

    private static int smooth(int before, int here, int after) {
        return (before + 2 * here + after + 2) >> 2;
    }

    private void put(int x, int y, int value) {
        samples[at + y * stride + x] = (byte) value;
    }

    /** The same value along a line: from (x, y) on, so many steps of (dx, dy). */
    private void line(int x, int y, int dx, int dy, int count, int value) {
        for (int i = 0; i < count; i++) {
            put(x + i * dx, y + i * dy, value);
        }
    }

    private void mean() {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
            sum += edge[i] + edge[CORNER + 1 + i];
        }
        for (int y = 0; y < 4; y++) {
            line(0, y, 1, 0, 4, sum >> 3);
        }
    }

    private void vertical() {
        for (int x = 0; x < 4; x++) {
            line(x, 0, 0, 1, 4, three(CORNER + 1 + x));
        }
    }

    private void horizontal() {
        for (int y = 0; y < 3; y++) {
            line(0, y, 1, 0, 4, three(3 - y));
        }
        line(0, 3, 1, 0, 4, smooth(edge[1], edge[0], edge[0]));
    }

    private void leftDown() {
        for (int sum = 0; sum < 6; sum++) {
            int x = Math.min(sum, 3);
            line(x, sum - x, -1, 1, Math.min(sum, 6 - sum) + 1, three(CORNER + 2 + sum));
        }
        put(3, 3, smooth(edge[EDGE - 2], edge[EDGE - 1], edge[EDGE - 1]));
    }

    private void rightDown() {
        for (int i = -3; i <= 3; i++) {
            line(Math.max(i, 0), Math.max(-i, 0), 1, 1, 4 - Math.abs(i), three(CORNER + i));
        }
    }

    private void verticalRight() {
        put(0, 3, three(2));
        put(0, 2, three(3));
        for (int i = 0; i < 4; i++) {
            line(i, 1, 1, 2, i < 3 ? 2 : 1, three(4 + i));
            line(i, 0, 1, 2, i < 3 ? 2 : 1, two(4 + i));
        }
    }

    private void verticalLeft() {
        int above = CORNER + 1;
        for (int i = 0; i < 4; i++) {
            line(i, 0, -1, 2, i > 0 ? 2 : 1, two(above + i));
            line(i, 1, -1, 2, i > 0 ? 2 : 1, three(above + 1 + i));
        }
        // The last two leave the pattern.
        put(3, 2, three(above + 5));
        put(3, 3, three(above + 6));
    }

    private void horizontalDown() {
        for (int i = 0; i < 4; i++) {
            line(0, 3 - i, 2, 1, i > 0 ? 2 : 1, two(i));
            line(1, 3 - i, 2, 1, i > 0 ? 2 : 1, three(i + 1));
        }
        put(2, 0, three(5));
        put(3, 0, three(6));
    }

    private void horizontalUp() {
        int last = edge[0];
        for (int i = 0; i < 3; i++) {
            int here = (edge[3 - i] + edge[2 - i] + 1) >> 1;
            int next = i < 2 ? three(2 - i) : smooth(edge[1], last, last);
            line(0, i, 2, -1, i > 0 ? 2 : 1, here);
            line(1, i, 2, -1, i > 0 ? 2 : 1, next);
        }
        line(0, 3, 1, 0, 4, last);
        line(2, 2, 1, 0, 2, last);
    }
}
