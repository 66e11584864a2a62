package io.github.mdetr.examples.visualization;

import java.awt.Color;

/** Colours that are told apart easily, on bright and dark images. */
final class Palette {
    private static final Color[] COLORS = {
        new Color(0xE6194B), // red
        new Color(0x3CB44B), // green
        new Color(0x4363D8), // blue
        new Color(0xF58231), // orange
        new Color(0x911EB4), // purple
        new Color(0x42D4F4), // cyan
        new Color(0xF032E6), // magenta
        new Color(0xBFEF45), // lime
        new Color(0x469990), // teal
        new Color(0xFFE119), // yellow
    };

    private Palette() {}

    /** The colour of the n-th phrase; they come round again. */
    static Color color(int n) {
        return COLORS[Math.floorMod(n, COLORS.length)];
    }

    /** Black or white, whichever is read more easily on {@code background} (relative luminance of ITU-R BT.709). */
    static Color textOn(Color background) {
        double luminance =
                0.2126 * background.getRed() + 0.7152 * background.getGreen() + 0.0722 * background.getBlue();
        return luminance > 140 ? Color.BLACK : Color.WHITE;
    }
}
