package io.github.mdetr.nn.image;

/**
 * Smooths the blocks of a progressive JPEG that ends before its coefficients are complete, as libjpeg-turbo does from
 * version 2.1 on: a low coefficient that is still zero and not known to the last bit is estimated from the mean values
 * (DC) of the 5×5 blocks around.
 *
 * <p>An estimate is {@code Q00·Σ weight·DC / (256·Q)}, rounded away from zero at one half and kept below what a bit that
 * has come would show.
 */
final class JpegSmoothing {
    private static final int[] POSITIONS = {0, 1, 8, 16, 9, 2, 3, 10, 17, 24};

    /** Weights of the 25 blocks, row by row, by the place in {@link #POSITIONS}, where nothing but DC is known. */
    private static final int[][] BY_DC = {
        {-2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6, -2},
        {-1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1},
        {-1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1},
        {0, 0, 1, 0, 0, 0, 2, 7, 2, 0, 0, -5, -14, -5, 0, 0, 2, 7, 2, 0, 0, 0, 1, 0, 0},
        {-1, 0, 0, 0, 1, 0, 9, 0, -9, 0, 0, 0, 0, 0, 0, 0, -9, 0, 9, 0, 1, 0, 0, 0, -1},
        {0, 0, 0, 0, 0, 0, 2, -5, 2, 0, 1, 7, -14, 7, 1, 0, 2, -5, 2, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, 2, 0, -2, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, -3, 1, 0, 0, 0, 0, 0, 0, 0, -1, 3, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, -3, 0, 3, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, -1, -2, -1, 0, 0, 0, 0, 0, 0},
    };

    /** The same where some of the coefficients are known; none for DC and the last four. */
    private static final int[][] BY_MORE = {
        {},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -7, 50, 0, -50, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, -7, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50, 0, 0, 0, 0, 7, 0, 0},
        {0, 0, -1, 0, 0, 0, 0, 13, 0, 0, 0, 0, -24, 0, 0, 0, 0, 13, 0, 0, 0, 0, -1, 0, 0},
        {0, -1, 0, 1, 0, -1, 10, 0, -10, 1, 0, 0, 0, 0, 0, 1, -10, 0, 10, -1, 0, 1, 0, -1, 0},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 13, -24, 13, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    };

    private final JpegFrame frame;
    private final JpegComponent component;
    private final int[] known;
    private final int[] divisors;
    private final short[] coefficients;
    private final int[][] weights;
    private final short[] block = new short[64];
    private final int[] around = new int[25];

    /**
     * For one row of units.
     *
     * @param known the lowest bit that has come of each of the first ten coefficients, −1 where none has
     */
    JpegSmoothing(JpegFrame frame, JpegComponent component, int[] known) {
        if (component.coefficients == null) {
            throw new IllegalStateException("coefficients of component " + component.id + " are not there");
        }
        this.frame = frame;
        this.component = component;
        this.known = known;
        this.divisors = JpegRenderer.quantization(component);
        this.coefficients = component.coefficients;
        boolean onlyDc = true;
        for (int i = 1; i < POSITIONS.length; i++) {
            onlyDc &= known[i] == JpegProgression.NOT_SENT;
        }
        this.weights = onlyDc ? BY_DC : BY_MORE;
    }

    /** Whether all divisors that estimates need are there. */
    static boolean canDivide(int[] divisors) {
        boolean all = true;
        for (int position : POSITIONS) {
            all &= divisors[position] != 0;
        }
        return all;
    }

    /** Puts the component's blocks of a row of units into the renderer. */
    void render(JpegRenderer renderer, int unitRow) {
        boolean lastUnits = unitRow == frame.unitRows() - 1;
        int inLast = component.blocksHigh % component.v;
        int rows = lastUnits && inLast > 0 ? inLast : component.v;
        JpegPlane plane = renderer.plane(component);
        int[] blockRows = new int[5];
        for (int row = 0; row < rows; row++) {
            int y = unitRow * component.v + row;
            chooseRows(blockRows, y, unitRow * rows + row, rows * frame.unitRows());
            for (int x = 0; x < component.blocksWide; x++) {
                readAround(blockRows, x);
                System.arraycopy(coefficients, at(y, x), block, 0, 64);
                estimate();
                renderer.put(plane, x, y, block, 0, divisors, 63);
            }
        }
    }

    /**
     * The rows of blocks above and below. libjpeg counts a last row of units that is cut as if all were: then the row
     * two above is mistaken for the first one.
     */
    private static void chooseRows(int[] rows, int y, int counted, int count) {
        rows[2] = y;
        rows[1] = counted > 0 ? y - 1 : y;
        rows[0] = counted > 1 ? y - 2 : rows[1];
        rows[3] = counted < count - 1 ? y + 1 : y;
        rows[4] = counted < count - 2 ? y + 2 : rows[3];
    }

    private int at(int y, int x) {
        return (y * component.paddedBlocksWide + x) * 64;
    }

    private void readAround(int[] blockRows, int x) {
        for (int i = 0; i < 25; i++) {
            int column = Math.max(0, Math.min(x + i % 5 - 2, component.blocksWide - 1));
            around[i] = coefficients[at(blockRows[i / 5], column)];
        }
    }

    private void estimate() {
        for (int i = 1; i < weights.length && weights[i].length > 0; i++) {
            int position = POSITIONS[i];
            if (known[i] != 0 && block[position] == 0) {
                int estimate = estimate(weights[i], position);
                if (known[i] > 0) {
                    int most = (1 << known[i]) - 1;
                    estimate = Math.max(-most, Math.min(estimate, most));
                }
                block[position] = (short) estimate;
            }
        }
        if (weights[0].length > 0) {
            block[0] = (short) estimate(weights[0], 0);
        }
    }

    private int estimate(int[] weight, int position) {
        int sum = 0;
        for (int i = 0; i < 25; i++) {
            sum += weight[i] * around[i];
        }
        long scaled = (long) divisors[0] * sum;
        long half = (long) divisors[position] << 7;
        int magnitude = (int) ((half + Math.abs(scaled)) / (2 * half));
        return scaled >= 0 ? magnitude : -magnitude;
    }
}
