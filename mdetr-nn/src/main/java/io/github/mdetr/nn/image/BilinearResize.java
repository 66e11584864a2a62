package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/**
 * PIL's antialiased bilinear resize of 8-bit pixels, equal to the bit: the filter that the published models were trained
 * on.
 *
 * <p>Two passes of fixed-point sums, each rounded to 8 bits. As in Pillow 13 rows are resized before columns unless the
 * height shrinks by more than twice what the width does (older versions always take rows first). The passes are
 * interleaved, row by row, so no image between the two is held.
 */
public final class BilinearResize {
    static final int CHANNELS = 3;

    private BilinearResize() {}

    /**
     * The image at another size; the image itself where it has that size already.
     *
     * @param image the pixels
     * @param size the size wanted
     * @throws IllegalArgumentException if the result has more bytes than an array
     */
    public static RgbImage resize(RgbImage image, ImageSize size) {
        if (image.size().equals(size)) {
            return image;
        }
        long length = size.pixels() * CHANNELS;
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "resize: " + image.size() + " to " + size + " exceeds one array of bytes");
        }
        int width = image.width();
        int height = image.height();
        ResampleWindows across = width == size.width() ? null : new ResampleWindows(width, size.width());
        ResampleWindows down = height == size.height() ? null : new ResampleWindows(height, size.height());
        byte[] output = new byte[(int) length];
        int shrunkBy = height - size.height();
        boolean columnsFirst = shrunkBy > 0 && shrunkBy > 2L * (width - size.width());
        if (columnsFirst && down != null) {
            resizeColumnsFirst(image, across, down, output);
        } else {
            resizeRowsFirst(image, across, down, output);
        }
        return new RgbImage(size.width(), size.height(), output);
    }

    private static void resizeRowsFirst(
            RgbImage image, @Nullable ResampleWindows across, @Nullable ResampleWindows down, byte[] output) {
        byte[] pixels = image.rgb();
        int stride = image.width() * CHANNELS;
        int length = across == null ? stride : across.outputs() * CHANNELS;
        ColumnResize.RowSource rows = (y, row) -> {
            if (across == null) {
                widen(pixels, y * stride, row);
            } else {
                resizeRow(pixels, y * stride, across, row);
            }
        };
        ColumnResize.RowSink sink = (y, row) -> narrow(row, output, y * length);
        if (down == null) {
            int[] row = new int[length];
            for (int y = 0; y < image.height(); y++) {
                rows.read(y, row);
                sink.write(y, row);
            }
        } else {
            ColumnResize.resize(rows, image.height(), length, down, sink);
        }
    }

    private static void resizeColumnsFirst(
            RgbImage image, @Nullable ResampleWindows across, ResampleWindows down, byte[] output) {
        int stride = image.width() * CHANNELS;
        ColumnResize.RowSource rows = (y, row) -> widen(image.rgb(), y * stride, row);
        ColumnResize.RowSink sink;
        if (across == null) {
            sink = (y, row) -> narrow(row, output, y * stride);
        } else {
            byte[] between = new byte[stride];
            int[] resized = new int[across.outputs() * CHANNELS];
            sink = (y, row) -> {
                narrow(row, between, 0);
                resizeRow(between, 0, across, resized);
                narrow(resized, output, y * resized.length);
            };
        }
        if (stride <= ColumnResize.NARROW) {
            ColumnResize.shrinkNarrow(image.rgb(), stride, down, sink);
        } else {
            ColumnResize.resize(rows, image.height(), stride, down, sink);
        }
    }

    private static void widen(byte[] pixels, int from, int[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = pixels[from + i] & 0xff;
        }
    }

    private static void narrow(int[] row, byte[] pixels, int to) {
        for (int i = 0; i < row.length; i++) {
            pixels[to + i] = (byte) row[i];
        }
    }

    /** The horizontal pass over one row. */
    private static void resizeRow(byte[] pixels, int from, ResampleWindows windows, int[] row) {
        int[] weights = windows.weights;
        int tap = 0;
        for (int x = 0; x < windows.outputs(); x++) {
            int red = ResampleWindows.HALF;
            int green = ResampleWindows.HALF;
            int blue = ResampleWindows.HALF;
            int at = from + windows.first[x] * CHANNELS;
            for (int end = windows.start[x + 1]; tap < end; tap++) {
                int weight = weights[tap];
                red += (pixels[at] & 0xff) * weight;
                green += (pixels[at + 1] & 0xff) * weight;
                blue += (pixels[at + 2] & 0xff) * weight;
                at += CHANNELS;
            }
            row[x * CHANNELS] = ResampleWindows.round(red);
            row[x * CHANNELS + 1] = ResampleWindows.round(green);
            row[x * CHANNELS + 2] = ResampleWindows.round(blue);
        }
    }
}
