package io.github.mdetr.nn.image;

/** Pixels are places in a table of colours; of few colours, several share a pixel's green (RFC 9649, section 3.5.4). */
final class Vp8lPaletteTransform implements Vp8lTransform {
    private final int width;
    private final int height;
    private final int packBits;
    private final int[] colors;

    /**
     * A transform that was read.
     *
     * @param width pixels a row
     * @param height rows
     * @param packBits binary logarithm of how many share one
     * @param colors 256 colours, transparent black beyond those given
     */
    private Vp8lPaletteTransform(int width, int height, int packBits, int[] colors) {
        this.width = width;
        this.height = height;
        this.packBits = packBits;
        this.colors = colors;
    }

    /** From the differences between one colour and the next. */
    static Vp8lPaletteTransform of(int width, int height, int[] differences) {
        int[] colors = new int[256];
        int color = 0;
        for (int i = 0; i < differences.length; i++) {
            color = Vp8lTransform.add(color, differences[i]);
            colors[i] = color;
        }
        return new Vp8lPaletteTransform(width, height, packBits(differences.length), colors);
    }

    private static int packBits(int colors) {
        if (colors <= 2) {
            return 3;
        } else if (colors <= 4) {
            return 2;
        }
        return colors <= 16 ? 1 : 0;
    }

    @Override
    public int codedWidth() {
        return Vp8lImageData.blocks(width, packBits);
    }

    @Override
    public void undo(int[] pixels) {
        int coded = codedWidth();
        int bits = 8 >> packBits;
        int mask = (1 << bits) - 1;
        int within = (1 << packBits) - 1;
        // From the end, since the row grows over what is still to be read.
        for (int y = height - 1; y >= 0; y--) {
            for (int x = width - 1; x >= 0; x--) {
                int green = pixels[y * coded + (x >> packBits)] >> 8 & 0xff;
                pixels[y * width + x] = colors[(green >> ((x & within) * bits)) & mask];
            }
        }
    }
}
