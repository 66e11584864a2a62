package io.github.mdetr.nn.image;

import java.util.Arrays;

/** The vertical pass of a bilinear resize: rows of values 0 to 255 in, weighted sums of them out, in order. */
final class ColumnResize {
    /** Rows of so many values or fewer cost more to begin and end than to add up. */
    static final int NARROW = 48;

    /** Enough for the windows that overlap at any row, and a power of two. */
    private static final int HELD = 4;

    private ColumnResize() {}

    /** Gives the rows, each asked for once, from the first on. */
    interface RowSource {
        void read(int y, int[] row);
    }

    /** Takes the resized rows from the first on; a row is overwritten after the call. */
    interface RowSink {
        void write(int y, int[] row);
    }

    static void resize(RowSource source, int inputs, int length, ResampleWindows windows, RowSink sink) {
        if (windows.outputs() < inputs) {
            shrink(source, inputs, length, windows, sink);
        } else {
            enlarge(source, length, windows, sink);
        }
    }

    /** Each input row is added to the few output rows whose windows are open over it. */
    private static void shrink(RowSource source, int inputs, int length, ResampleWindows windows, RowSink sink) {
        int[] row = new int[length];
        int[][] open = new int[HELD][length];
        int from = 0;
        for (int y = 0; y < inputs && from < windows.outputs(); y++) {
            source.read(y, row);
            for (int o = from; o < windows.outputs() && windows.first[o] <= y; o++) {
                int tap = y - windows.first[o];
                int[] sums = open[o % HELD];
                if (tap == 0) {
                    Arrays.fill(sums, ResampleWindows.HALF);
                }
                int weight = windows.start[o] + tap;
                addScaled(sums, row, windows.weights[weight]);
                if (weight + 1 == windows.start[o + 1]) {
                    round(sums);
                    sink.write(o, sums);
                    from = o + 1;
                }
            }
        }
    }

    /** The same for many short rows, value by value down the column. */
    static void shrinkNarrow(byte[] pixels, int length, ResampleWindows windows, RowSink sink) {
        int[] row = new int[length];
        for (int o = 0; o < windows.outputs(); o++) {
            for (int i = 0; i < length; i++) {
                int sum = ResampleWindows.HALF;
                int at = windows.first[o] * length + i;
                for (int tap = windows.start[o]; tap < windows.start[o + 1]; tap++, at += length) {
                    sum += (pixels[at] & 0xff) * windows.weights[tap];
                }
                row[i] = ResampleWindows.round(sum);
            }
            sink.write(o, row);
        }
    }

    /** Each output row reads at most three input rows; the last few are kept. */
    private static void enlarge(RowSource source, int length, ResampleWindows windows, RowSink sink) {
        int[][] recent = new int[HELD][length];
        int[] sums = new int[length];
        int read = 0;
        for (int o = 0; o < windows.outputs(); o++) {
            int taps = windows.start[o + 1] - windows.start[o];
            for (; read < windows.first[o] + taps; read++) {
                source.read(read, recent[read % HELD]);
            }
            Arrays.fill(sums, ResampleWindows.HALF);
            for (int i = 0; i < taps; i++) {
                addScaled(sums, recent[(windows.first[o] + i) % HELD], windows.weights[windows.start[o] + i]);
            }
            round(sums);
            sink.write(o, sums);
        }
    }

    // The loops below are this plain so that the compiler makes vector instructions of them.

    private static void addScaled(int[] sums, int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    private static void round(int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = ResampleWindows.round(sums[i]);
        }
    }
}
