package io.github.mdetr.nn.image;

/** Red and blue were lessened by what green and red foretell (RFC 9649, section 3.5.2). */
final class Vp8lColorTransform implements Vp8lTransform {
    private final int width;
    private final int height;
    private final int blockBits;
    private final int[] blocks;

    /**
     * A transform that was read.
     *
     * @param width pixels a row
     * @param height rows
     * @param blockBits binary logarithm of a block's side
     * @param blocks the factors of each block
     */
    Vp8lColorTransform(int width, int height, int blockBits, int[] blocks) {
        this.width = width;
        this.height = height;
        this.blockBits = blockBits;
        this.blocks = blocks;
    }

    @Override
    public int codedWidth() {
        return width;
    }

    @Override
    public void undo(int[] pixels) {
        int across = Vp8lImageData.blocks(width, blockBits);
        int at = 0;
        for (int y = 0; y < height; y++) {
            int row = (y >> blockBits) * across;
            for (int x = 0; x < width; x++, at++) {
                int factors = blocks[row + (x >> blockBits)];
                int pixel = pixels[at];
                int green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + delta(factors, green);
                int blue = pixel + delta(factors >> 8, green) + delta(factors >> 16, red);
                pixels[at] = (pixel & 0xff00ff00) | (red & 0xff) << 16 | (blue & 0xff);
            }
        }
    }

    /** The product of two signed bytes, in 32nds. */
    private static int delta(int factor, int color) {
        return ((byte) factor * (byte) color) >> 5;
    }
}
