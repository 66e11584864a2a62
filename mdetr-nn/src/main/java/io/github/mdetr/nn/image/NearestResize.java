package io.github.mdetr.nn.image;

/**
 * Nearest-neighbour resize of masks, output i taking input floor(i·in/out), as PyTorch's {@code interpolate} does.
 *
 * <p>The ratio is formed in float32 there and here: where i·in/out is whole the product may fall just below it.
 */
public final class NearestResize {
    private NearestResize() {}

    /**
     * The input index of every output along one axis.
     *
     * @throws IllegalArgumentException if a length is less than 1
     */
    public static int[] indices(int inputs, int outputs) {
        if (inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "nearest resize: expected lengths of at least 1, got " + inputs + " to " + outputs);
        }
        float scale = (float) inputs / outputs;
        int[] indices = new int[outputs];
        for (int i = 0; i < outputs; i++) {
            indices[i] = Math.min((int) (i * scale), inputs - 1);
        }
        return indices;
    }

    /**
     * A mask at another size.
     *
     * @param mask {@code [from.height, from.width]}, row-major
     * @param from its size
     * @param to the size wanted
     * @return {@code [to.height, to.width]}
     * @throws IllegalArgumentException if the mask's length is not that of its size
     */
    public static boolean[] resize(boolean[] mask, ImageSize from, ImageSize to) {
        if (mask.length != from.pixels()) {
            throw new IllegalArgumentException(
                    "mask of " + from + ": expected " + from.pixels() + " values, got " + mask.length);
        }
        int[] columns = indices(from.width(), to.width());
        int[] rows = indices(from.height(), to.height());
        boolean[] resized = new boolean[Math.toIntExact(to.pixels())];
        int at = 0;
        for (int row : rows) {
            for (int column : columns) {
                resized[at++] = mask[row * from.width() + column];
            }
        }
        return resized;
    }
}
