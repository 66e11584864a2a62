package io.github.mdetr.examples.visualization;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Lines over a common axis, such as losses over steps. Drawn with shapes alone, text too ({@link TrueTypeFont}), so that it
 * needs no display and no font of the system and looks the same everywhere.
 *
 * <p>Values that are not finite leave a gap; on a logarithmic axis those of 0 and less do.
 */
public final class LinePlot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 540;
    private static final double TEXT = 14;
    private static final double MARGIN = 16;
    private static final int MOST_TICKS = 8;
    private static final Color GRID = new Color(0xDDDDDD);
    private static final Color AXIS = new Color(0x555555);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Series(String name, double[] x, double[] y, Color color, float width) {}

    private final TrueTypeFont font = TrueTypeFont.bundled();
    private final String title;
    private final String xLabel;
    private final List<Series> series = new ArrayList<>();
    private boolean logarithmic;

    /** An empty plot. */
    public LinePlot(String title, String xLabel) {
        this.title = title;
        this.xLabel = xLabel;
    }

    /**
     * Adds a line through the points (x[i], y[i]), in their order.
     *
     * @throws IllegalArgumentException when there are not as many of both
     */
    public LinePlot line(String name, double[] x, double[] y) {
        return add(name, x, y, Palette.color(names()), 2);
    }

    /** Adds a noisy line: pale, with its exponential mean over it, of which {@code share} stays at each point. */
    public LinePlot smoothed(String name, double[] x, double[] y, double share) {
        Color color = Palette.color(names());
        add("", x, y, new Color(color.getRed(), color.getGreen(), color.getBlue(), 70), 1);
        return add(name, x, mean(y, share), color, 2);
    }

    private int names() {
        return (int) series.stream().filter(s -> !s.name().isEmpty()).count();
    }

    private LinePlot add(String name, double[] x, double[] y, Color color, float width) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "plot: line " + name + " has " + x.length + " places and " + y.length + " values");
        }
        series.add(new Series(name, x.clone(), y.clone(), color, width));
        return this;
    }

    /** The mean from the first on, each later value weighing more; what is not finite is passed over. */
    static double[] mean(double[] y, double share) {
        double[] out = new double[y.length];
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < y.length; i++) {
            if (Double.isFinite(y[i])) {
                sum = share * sum + (1 - share) * y[i];
                weight = share * weight + 1 - share; // corrects the start, as Adam does
            }
            out[i] = weight == 0 ? Double.NaN : sum / weight;
        }
        return out;
    }

    /** Shows values by their logarithm. */
    public LinePlot logarithmic() {
        logarithmic = true;
        return this;
    }

    private boolean isDrawn(double y) {
        return Double.isFinite(y) && (!logarithmic || y > 0);
    }

    /** Whether there is nothing to draw. */
    public boolean isEmpty() {
        return series.stream().flatMapToDouble(s -> Arrays.stream(s.y())).noneMatch(this::isDrawn);
    }

    /** Writes it as PNG, in the place of an older file. */
    public void write(Path file) throws IOException {
        Path made = Files.createTempFile(file.toAbsolutePath().getParent(), "plot", ".tmp");
        try {
            ImageIO.write(image(), "png", made.toFile());
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    /** The picture, {@value #WIDTH} by {@value #HEIGHT} pixels. */
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, WIDTH, HEIGHT);
            draw(g);
        } finally {
            g.dispose();
        }
        return image;
    }

    // ---- drawing ----

    private void draw(Graphics2D g) {
        double line = font.ascent(TEXT) + font.descent(TEXT);
        double top = MARGIN + font.ascent(TEXT);
        text(g, title, MARGIN, top, AXIS.darker());
        top = legend(g, top + line + MARGIN / 4) + MARGIN / 2;
        double bottom = HEIGHT - MARGIN - 2 * line;
        text(g, xLabel, (WIDTH - font.width(xLabel, TEXT)) / 2, HEIGHT - MARGIN, AXIS);
        if (isEmpty()) {
            text(g, "nothing yet", WIDTH / 2.0, (top + bottom) / 2, AXIS);
            return;
        }
        Range x = range(true);
        Range y = range(false);
        Ticks yTicks = logarithmic && y.low * 10 < y.high
                ? Ticks.powersOfTen(y.low, y.high, MOST_TICKS)
                : Ticks.linear(y.low, y.high, MOST_TICKS);
        double widest = yTicks.values().stream()
                .mapToDouble(v -> font.width(yTicks.label(v), TEXT))
                .max()
                .orElse(0);
        Rectangle2D area =
                new Rectangle2D.Double(MARGIN * 1.5 + widest, top, WIDTH - MARGIN * 3 - widest, bottom - top);
        g.setStroke(new BasicStroke(1));
        for (double v : yTicks.values()) {
            double at = y(area, y, v);
            g.setColor(GRID);
            g.draw(new Line2D.Double(area.getX(), at, area.getMaxX(), at));
            String label = yTicks.label(v);
            text(g, label, area.getX() - MARGIN / 2 - font.width(label, TEXT), at + font.ascent(TEXT) / 3, AXIS);
        }
        Ticks xTicks = Ticks.linear(x.low, x.high, MOST_TICKS);
        for (double v : xTicks.values()) {
            double at = x(area, x, v);
            g.setColor(GRID);
            g.draw(new Line2D.Double(at, area.getY(), at, area.getMaxY()));
            String label = xTicks.label(v);
            text(g, label, at - font.width(label, TEXT) / 2, area.getMaxY() + line, AXIS);
        }
        g.setColor(AXIS);
        g.draw(area);
        g.setClip(area);
        for (Series s : series) {
            g.setColor(s.color());
            g.setStroke(new BasicStroke(s.width(), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            g.draw(path(s, area, x, y));
        }
        g.setClip(null);
    }

    /** Names in their colours, in as many rows as they need; gives the place below. */
    private double legend(Graphics2D g, double first) {
        double line = font.ascent(TEXT) + font.descent(TEXT);
        double x = MARGIN;
        double y = first;
        for (Series s : series) {
            if (s.name().isEmpty()) {
                continue;
            }
            double width = 24 + font.width(s.name(), TEXT) + MARGIN;
            if (x > MARGIN && x + width > WIDTH - MARGIN) {
                x = MARGIN;
                y += line;
            }
            g.setColor(s.color());
            g.setStroke(new BasicStroke(3));
            g.draw(new Line2D.Double(x, y - TEXT / 3, x + 18, y - TEXT / 3));
            text(g, s.name(), x + 24, y, AXIS);
            x += width;
        }
        return y;
    }

    private void text(Graphics2D g, String text, double x, double y, Color color) {
        g.setColor(color);
        g.fill(font.outline(text, TEXT, x, y));
    }

    private record Range(double low, double high) {}

    /** Where the values lie; around a single one there is room. */
    private Range range(boolean ofX) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Series s : series) {
            for (int i = 0; i < s.y().length; i++) {
                double v = ofX ? s.x()[i] : s.y()[i];
                if (isDrawn(s.y()[i]) && Double.isFinite(v)) {
                    low = Math.min(low, v);
                    high = Math.max(high, v);
                }
            }
        }
        if (high - low < 1e-12 * Math.max(Math.abs(high), 1e-30)) {
            double room = high == 0 ? 1 : Math.abs(high) / 2;
            return new Range(low - room, high + room);
        }
        double room = ofX || logarithmic ? 0 : (high - low) / 25;
        return new Range(low - room, high + room);
    }

    private static double x(Rectangle2D area, Range range, double v) {
        return area.getX() + (v - range.low) / (range.high - range.low) * area.getWidth();
    }

    private double y(Rectangle2D area, Range range, double v) {
        double share = logarithmic
                ? Math.log(v / range.low) / Math.log(range.high / range.low)
                : (v - range.low) / (range.high - range.low);
        return area.getMaxY() - share * area.getHeight();
    }

    private Path2D path(Series s, Rectangle2D area, Range x, Range y) {
        Path2D path = new Path2D.Double();
        boolean drawing = false;
        for (int i = 0; i < s.x().length; i++) {
            boolean drawn = isDrawn(s.y()[i]) && Double.isFinite(s.x()[i]);
            if (drawn) {
                double px = x(area, x, s.x()[i]);
                double py = y(area, y, s.y()[i]);
                if (drawing) {
                    path.lineTo(px, py);
                } else {
                    path.moveTo(px, py);
                    path.lineTo(px, py); // a point alone is seen too
                }
            }
            drawing = drawn;
        }
        return path;
    }
}
