package io.github.mdetr.nn.image;

/** Pixels are differences from what their neighbours foretell (RFC 9649, section 3.5.1). */
final class Vp8lPredictorTransform implements Vp8lTransform {
    private static final int BLACK = 0xff000000;

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
     * @param blocks the mode of each block in its green
     */
    Vp8lPredictorTransform(int width, int height, int blockBits, int[] blocks) {
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
        pixels[0] = Vp8lTransform.add(pixels[0], BLACK);
        for (int x = 1; x < width; x++) {
            pixels[x] = Vp8lTransform.add(pixels[x], pixels[x - 1]);
        }
        int across = Vp8lImageData.blocks(width, blockBits);
        for (int y = 1; y < height; y++) {
            int row = y * width;
            pixels[row] = Vp8lTransform.add(pixels[row], pixels[row - width]);
            int blockRow = (y >> blockBits) * across;
            int from = 1;
            while (from < width) {
                int to = Math.min(width, ((from >> blockBits) + 1) << blockBits);
                int mode = blocks[blockRow + (from >> blockBits)] >> 8 & 15;
                undo(pixels, row + from, row + to, mode);
                from = to;
            }
        }
    }

    private void undo(int[] p, int from, int to, int mode) {
        for (int i = from; i < to; i++) {
            // Right of the last column stands the first pixel of the same row.
            p[i] = Vp8lTransform.add(p[i], predict(mode, p[i - 1], p[i - width], p[i - width - 1], p[i - width + 1]));
        }
    }

    private static int predict(int mode, int left, int above, int corner, int right) {
        return switch (mode) {
            case 1 -> left;
            case 2 -> above;
            case 3 -> right;
            case 4 -> corner;
            case 5 -> mean(mean(left, right), above);
            case 6 -> mean(left, corner);
            case 7 -> mean(left, above);
            case 8 -> mean(corner, above);
            case 9 -> mean(above, right);
            case 10 -> mean(mean(left, corner), mean(above, right));
            case 11 -> select(left, above, corner);
            case 12 -> full(left, above, corner);
            case 13 -> half(mean(left, above), corner);
            default -> BLACK;
        };
    }

    /** The mean of each byte, rounded down. */
    private static int mean(int a, int b) {
        return ((a ^ b) >>> 1 & 0x7f7f7f7f) + (a & b);
    }

    /** Left or above, whichever lies closer to their sum less the corner. */
    private static int select(int left, int above, int corner) {
        int toLeft = 0;
        int toAbove = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int c = corner >>> shift & 0xff;
            toLeft += Math.abs((above >>> shift & 0xff) - c);
            toAbove += Math.abs((left >>> shift & 0xff) - c);
        }
        return toLeft < toAbove ? left : above;
    }

    private static int full(int left, int above, int corner) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int sum = (left >>> shift & 0xff) + (above >>> shift & 0xff) - (corner >>> shift & 0xff);
            result |= clamp(sum) << shift;
        }
        return result;
    }

    private static int half(int mean, int corner) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int a = mean >>> shift & 0xff;
            result |= clamp(a + (a - (corner >>> shift & 0xff)) / 2) << shift;
        }
        return result;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(value, 255));
    }
}
