package io.github.mdetr.examples.synthetic;

import io.github.mdetr.nn.image.RgbImage;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures of one size, side by side. */
public final class ContactSheet {
    private static final int GAP = 4;

    private ContactSheet() {}

    /**
     * A picture of all of them, row by row.
     *
     * @param columns pictures a row, 1 or more
     * @throws IllegalArgumentException if there is no picture or no column
     */
    public static BufferedImage of(List<RgbImage> pictures, int columns) {
        if (pictures.isEmpty() || columns < 1) {
            throw new IllegalArgumentException("contact sheet: expected pictures and columns, got " + pictures.size()
                    + " in " + columns + " columns");
        }
        int width = pictures.get(0).width() + GAP;
        int height = pictures.get(0).height() + GAP;
        int rows = (pictures.size() + columns - 1) / columns;
        BufferedImage sheet = new BufferedImage(columns * width - GAP, rows * height - GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        for (int i = 0; i < pictures.size(); i++) {
            graphics.drawImage(pictures.get(i).toBufferedImage(), i % columns * width, i / columns * height, null);
        }
        graphics.dispose();
        return sheet;
    }
}
