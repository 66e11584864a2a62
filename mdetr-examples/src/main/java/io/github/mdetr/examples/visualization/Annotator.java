package io.github.mdetr.examples.visualization;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws detections on their image: a frame for each box, labelled with its phrases and score. Boxes of the same phrases
 * share a colour. An image too small for text is enlarged by a whole factor.
 */
public final class Annotator {
    private static final int SMALLEST_SIDE = 320;
    private static final int LONGEST_SIDE = 2000;
    private static final double FONT_SHARE = 0.026;
    private static final double SMALLEST_FONT = 12;

    /** Far more code points than any picture has room for. */
    private static final int LONGEST_LABEL = 500;

    private final LabelFont font = LabelFont.instance();
    private final Graphics2D graphics;
    private final int width;
    private final int height;
    private final double zoom;
    private final double fontSize;
    private final double line;
    private final List<Rectangle2D> taken = new ArrayList<>();

    private Annotator(BufferedImage canvas, double zoom) {
        this.graphics = canvas.createGraphics();
        this.width = canvas.getWidth();
        this.height = canvas.getHeight();
        this.zoom = zoom;
        this.fontSize = Math.max(SMALLEST_FONT, FONT_SHARE * Math.min(width, height));
        this.line = Math.max(2, Math.round(fontSize / 6));
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    /**
     * A copy of the image with the detections on it.
     *
     * @param results of this image, for one caption or for several phrases
     */
    public static BufferedImage annotate(RgbImage image, List<DetectResult> results) {
        int side = Math.min(image.width(), image.height());
        int wanted = (SMALLEST_SIDE + side - 1) / side;
        // a thread of an image must not become a canvas without end
        int most = LONGEST_SIDE / Math.max(image.width(), image.height());
        int zoom = Math.max(1, Math.min(wanted, most));
        BufferedImage canvas = enlarged(image.toBufferedImage(), zoom);
        Annotator annotator = new Annotator(canvas, zoom);
        annotator.draw(results.stream()
                .flatMap(r -> r.detections().stream())
                .sorted(Comparator.comparingDouble(Detection::score).reversed())
                .toList());
        annotator.graphics.dispose();
        return canvas;
    }

    /**
     * The characters of the detections' phrases that no font here has, each once: they are drawn as a question mark in a box.
     */
    public static String missingCharacters(List<DetectResult> results) {
        String all = results.stream()
                .flatMap(r -> r.detections().stream())
                .map(Annotator::name)
                .distinct()
                .collect(Collectors.joining());
        return LabelFont.instance().missing(all);
    }

    private static BufferedImage enlarged(BufferedImage image, int factor) {
        if (factor == 1) {
            return image;
        }
        BufferedImage large =
                new BufferedImage(image.getWidth() * factor, image.getHeight() * factor, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < large.getHeight(); y++) {
            for (int x = 0; x < large.getWidth(); x++) {
                large.setRGB(x, y, image.getRGB(x / factor, y / factor));
            }
        }
        return large;
    }

    /** The best first. */
    private void draw(List<Detection> best) {
        Map<String, Color> colors = colors(best);
        for (int i = best.size() - 1; i >= 0; i--) { // the best on top
            frame(best.get(i).box(), colors.getOrDefault(name(best.get(i)), Color.GRAY));
        }
        for (Detection d : best) {
            label(d, colors.getOrDefault(name(d), Color.GRAY));
        }
    }

    /** A colour for each set of phrases, in the caption's order. */
    private static Map<String, Color> colors(List<Detection> detections) {
        Map<String, Color> colors = new LinkedHashMap<>();
        detections.stream()
                .filter(d -> !d.phrases().isEmpty())
                .sorted(Comparator.comparingInt(d -> d.phrases().get(0).begin()))
                .forEach(d -> colors.putIfAbsent(name(d), Palette.color(colors.size())));
        return colors;
    }

    private static String name(Detection d) {
        return d.phrases().stream().map(Phrase::text).collect(Collectors.joining(", "));
    }

    /** The box within the canvas, its line drawn inside it. */
    private Rectangle2D.Double visible(PixelBox box) {
        double x0 = clamp(box.x0() * zoom, width);
        double y0 = clamp(box.y0() * zoom, height);
        double x1 = clamp(box.x1() * zoom, width);
        double y1 = clamp(box.y1() * zoom, height);
        return new Rectangle2D.Double(x0, y0, Math.max(0, x1 - x0), Math.max(0, y1 - y0));
    }

    private static double clamp(double value, double limit) {
        return Math.max(0, Math.min(limit, value));
    }

    private void frame(PixelBox box, Color color) {
        Rectangle2D.Double r = visible(box);
        graphics.setColor(color);
        graphics.setStroke(new BasicStroke((float) line, BasicStroke.CAP_SQUARE, BasicStroke.JOIN_MITER));
        graphics.draw(new Rectangle2D.Double(
                r.x + line / 2, r.y + line / 2, Math.max(0, r.width - line), Math.max(0, r.height - line)));
    }

    private void label(Detection d, Color color) {
        double margin = fontSize / 4;
        String score = String.format(Locale.ROOT, "%.2f", d.score());
        String name = shortened(name(d), width - 2 * margin - font.width(" " + score, fontSize));
        String text = name.isEmpty() ? score : LabelFont.withNumber(name, score);
        double w = font.width(text, fontSize) + 2 * margin;
        double h = font.ascent(fontSize) + font.descent(fontSize);
        Rectangle2D place = place(visible(d.box()), w, h);
        taken.add(place);
        graphics.setColor(color);
        graphics.fill(place);
        graphics.setColor(Palette.textOn(color));
        graphics.fill(font.outline(text, fontSize, place.getX() + margin, place.getY() + font.ascent(fontSize)));
    }

    /** As much of a text as fits, with an ellipsis where it is cut. */
    private String shortened(String text, double room) {
        int[] codePoints = text.codePoints().limit(LONGEST_LABEL + 1L).toArray();
        if (codePoints.length <= LONGEST_LABEL && font.width(text, fontSize) <= room) {
            return text;
        }
        int fits = 0;
        int tooLong = codePoints.length + 1;
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) / 2;
            boolean isShort = font.width(new String(codePoints, 0, middle) + "…", fontSize) <= room;
            fits = isShort ? middle : fits;
            tooLong = isShort ? tooLong : middle;
        }
        return new String(codePoints, 0, fits) + "…";
    }

    /** Above the box, else inside it at the top, at its bottom, or below it: the first that is on the image and free. */
    private Rectangle2D place(Rectangle2D.Double box, double w, double h) {
        double x = Math.max(0, Math.min(box.x, width - w));
        double[] tops = {box.y - h, box.y, box.y + box.height - h, box.y + box.height};
        for (double top : tops) {
            Rectangle2D r = new Rectangle2D.Double(x, top, w, h);
            if (top >= 0 && top + h <= height && taken.stream().noneMatch(r::intersects)) {
                return r;
            }
        }
        // every place is taken: further down, then where it began
        for (double top = box.y; top + h <= height; top += h) {
            Rectangle2D r = new Rectangle2D.Double(x, top, w, h);
            if (taken.stream().noneMatch(r::intersects)) {
                return r;
            }
        }
        return new Rectangle2D.Double(x, Math.max(0, Math.min(box.y, height - h)), w, h);
    }
}
