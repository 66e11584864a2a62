package io.github.mdetr.examples.visualization;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.RgbImage;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Small pictures row by row, each with its caption's objects: the found boxes in colour with words and IoU, the annotated ones
 * dashed in white over them, so that they hide each other where they agree.
 */
public final class GroundingSheet {
    private static final int COLUMNS = 4;
    private static final int WIDTH = 240;
    private static final int HEIGHT = 200;
    private static final int GAP = 6;
    private static final double FONT = 9;
    private static final float LINE = 2;
    private static final BasicStroke SOLID = new BasicStroke(LINE);
    private static final BasicStroke DASHED =
            new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {3, 4}, 0);

    private final TrueTypeFont font = TrueTypeFont.bundled();
    private final List<BufferedImage> tiles = new ArrayList<>();

    /** Draws a picture small, with its objects. */
    public void add(RgbImage image, List<GroundedObject> objects) {
        double scale = Math.min((double) WIDTH / image.width(), (double) HEIGHT / image.height());
        BufferedImage tile = small(image, scale);
        Graphics2D g = tile.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        for (int i = 0; i < objects.size(); i++) {
            frame(g, objects.get(i).found(), scale, Palette.color(i), SOLID);
            frame(g, objects.get(i).truth(), scale, Color.WHITE, DASHED);
        }
        List<Rectangle2D> taken = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            label(g, objects.get(i), scale, tile, Palette.color(i), taken);
        }
        g.dispose();
        tiles.add(tile);
    }

    /** The pictures so far. */
    public int count() {
        return tiles.size();
    }

    /**
     * All of them, row by row.
     *
     * @throws IllegalStateException when there is none
     */
    public BufferedImage draw() {
        if (tiles.isEmpty()) {
            throw new IllegalStateException("grounding sheet: expected at least one picture, got none");
        }
        int columns = Math.min(COLUMNS, tiles.size());
        int rows = (tiles.size() + columns - 1) / columns;
        BufferedImage sheet = new BufferedImage(
                columns * (WIDTH + GAP) - GAP, rows * (HEIGHT + GAP) - GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < tiles.size(); i++) {
            BufferedImage tile = tiles.get(i);
            int x = i % columns * (WIDTH + GAP) + (WIDTH - tile.getWidth()) / 2;
            int y = i / columns * (HEIGHT + GAP) + (HEIGHT - tile.getHeight()) / 2;
            g.drawImage(tile, x, y, null);
        }
        g.dispose();
        return sheet;
    }

    /** Halved as long as it is twice as large as wanted, which no single bilinear step would average well. */
    private static BufferedImage small(RgbImage image, double scale) {
        BufferedImage now = image.toBufferedImage();
        int width = Math.max(1, (int) Math.round(image.width() * scale));
        int height = Math.max(1, (int) Math.round(image.height() * scale));
        while (now.getWidth() >= 2 * width && now.getHeight() >= 2 * height) {
            now = scaled(now, now.getWidth() / 2, now.getHeight() / 2);
        }
        return scaled(now, width, height);
    }

    private static BufferedImage scaled(BufferedImage image, int width, int height) {
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = out.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.drawImage(image, 0, 0, width, height, null);
        g.dispose();
        return out;
    }

    private static void frame(Graphics2D g, PixelBox box, double scale, Color color, BasicStroke stroke) {
        g.setColor(color);
        g.setStroke(stroke);
        g.draw(new Rectangle2D.Double(
                box.x0() * scale,
                box.y0() * scale,
                Math.max(0, box.width() * scale),
                Math.max(0, box.height() * scale)));
    }

    private void label(
            Graphics2D g,
            GroundedObject object,
            double scale,
            BufferedImage tile,
            Color color,
            List<Rectangle2D> taken) {
        String text = String.format(Locale.ROOT, "%s %.2f", object.words(), object.iou());
        double w = font.width(text, FONT) + 4;
        double h = font.ascent(FONT) + font.descent(FONT);
        Rectangle2D place = place(object.found(), scale, w, h, tile, taken);
        taken.add(place);
        g.setColor(color);
        g.fill(place);
        g.setColor(Palette.textOn(color));
        g.fill(font.outline(text, FONT, place.getX() + 2, place.getY() + font.ascent(FONT)));
    }

    /** Above the box, inside it at its top or bottom, below it: the first that is free, to the left and then to the right. */
    private static Rectangle2D place(
            PixelBox box, double scale, double w, double h, BufferedImage tile, List<Rectangle2D> taken) {
        double top = box.y0() * scale;
        double bottom = box.y1() * scale;
        for (double y : new double[] {top - h, top, bottom - h, bottom}) {
            for (double x : new double[] {box.x0() * scale, box.x1() * scale - w}) {
                Rectangle2D r = within(x, y, w, h, tile);
                if (Math.abs(r.getY() - y) < 1 && taken.stream().noneMatch(r::intersects)) {
                    return r;
                }
            }
        }
        return within(box.x0() * scale, top, w, h, tile);
    }

    private static Rectangle2D within(double x, double y, double w, double h, BufferedImage tile) {
        return new Rectangle2D.Double(
                Math.max(0, Math.min(x, tile.getWidth() - w)), Math.max(0, Math.min(y, tile.getHeight() - h)), w, h);
    }
}
