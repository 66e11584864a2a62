package io.github.mdetr.examples.visualization;

import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Text as outlines, from the bundled font. Java2D's own text needs FreeType, fontconfig and a font of the system, which
 * small machines and containers lack; outlines are plain shapes and look the same everywhere.
 *
 * <p>Reads what this one font has: character map format 4, simple and composite glyphs; no hinting, no kerning. Source: the
 * OpenType specification, tables cmap, glyf, head, hhea, hmtx and loca.
 */
public final class TrueTypeFont {
    private static final String BUNDLED = "DejaVuSans.ttf";

    private static final int ON_CURVE = 0x01;
    private static final int X_SHORT = 0x02;
    private static final int Y_SHORT = 0x04;
    private static final int REPEAT = 0x08;
    private static final int X_SAME_OR_POSITIVE = 0x10;
    private static final int Y_SAME_OR_POSITIVE = 0x20;

    private static final int WORDS = 0x0001;
    private static final int XY_VALUES = 0x0002;
    private static final int SCALE = 0x0008;
    private static final int MORE = 0x0020;
    private static final int X_AND_Y_SCALE = 0x0040;
    private static final int TWO_BY_TWO = 0x0080;

    private static final class Holder {
        static final TrueTypeFont FONT = read();

        private static TrueTypeFont read() {
            try (InputStream in = open()) {
                return new TrueTypeFont(ByteBuffer.wrap(in.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final ByteBuffer data;
    private final Map<String, Integer> tables = new HashMap<>();
    private final Map<Integer, Path2D> glyphs = new HashMap<>();
    private final double unitsPerEm;
    private final boolean longOffsets;
    private final int widths;
    private final int characters;

    private TrueTypeFont(ByteBuffer data) {
        this.data = data;
        int count = u16(4);
        for (int i = 0; i < count; i++) {
            int at = 12 + 16 * i;
            byte[] tag = new byte[4];
            data.get(at, tag);
            tables.put(new String(tag, StandardCharsets.US_ASCII), data.getInt(at + 8));
        }
        unitsPerEm = u16(table("head") + 18);
        longOffsets = u16(table("head") + 50) == 1;
        widths = u16(table("hhea") + 34);
        characters = unicodeMap();
    }

    /** The bundled font. */
    public static TrueTypeFont bundled() {
        return Holder.FONT;
    }

    /** The bundled font's file. */
    static InputStream open() {
        InputStream in = TrueTypeFont.class.getResourceAsStream(BUNDLED);
        if (in == null) {
            throw new IllegalStateException("the font " + BUNDLED + " is missing from the jar");
        }
        return in;
    }

    /** Height above the baseline that lines of this size need. */
    public double ascent(double size) {
        return data.getShort(table("hhea") + 4) * size / unitsPerEm;
    }

    /** Depth below the baseline that lines of this size need. */
    public double descent(double size) {
        return -data.getShort(table("hhea") + 6) * size / unitsPerEm;
    }

    /** How far a text of this size reaches. */
    public double width(String text, double size) {
        return text.codePoints().map(c -> advance(glyph(c))).sum() * size / unitsPerEm;
    }

    /** The text's outline with its baseline beginning at (x, y), y downwards. Characters that the font lacks are boxes. */
    public Path2D outline(String text, double size, double x, double y) {
        Path2D path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        double scale = size / unitsPerEm;
        double pen = x;
        for (int c : text.codePoints().toArray()) {
            int glyph = glyph(c);
            path.append(shape(glyph).getPathIterator(new AffineTransform(scale, 0, 0, -scale, pen, y)), false);
            pen += advance(glyph) * scale;
        }
        return path;
    }

    private synchronized Path2D shape(int glyph) {
        Path2D path = glyphs.get(glyph);
        if (path == null) {
            path = new Path2D.Double(Path2D.WIND_NON_ZERO);
            append(path, glyph, new AffineTransform());
            glyphs.put(glyph, path);
        }
        return path;
    }

    private int u16(int at) {
        return data.getShort(at) & 0xffff;
    }

    private int table(String tag) {
        Integer at = tables.get(tag);
        if (at == null) {
            throw new IllegalStateException("the font " + BUNDLED + " has no table " + tag);
        }
        return at;
    }

    // ---- characters ----

    /** Where the map of the basic multilingual plane (platform 3, encoding 1, format 4) begins. */
    private int unicodeMap() {
        int cmap = table("cmap");
        for (int i = 0; i < u16(cmap + 2); i++) {
            int entry = cmap + 4 + 8 * i;
            int at = cmap + data.getInt(entry + 4);
            if (u16(entry) == 3 && u16(entry + 2) == 1 && u16(at) == 4) {
                return at;
            }
        }
        throw new IllegalStateException("the font " + BUNDLED + " has no Unicode map of format 4");
    }

    /** The glyph of a character, 0 (a box) where the font lacks it. */
    int glyph(int codePoint) {
        int segments2 = u16(characters + 6);
        int ends = characters + 14;
        int starts = ends + segments2 + 2;
        for (int i = 0; i < segments2; i += 2) {
            if (codePoint <= u16(ends + i)) {
                int start = u16(starts + i);
                if (codePoint < start) {
                    return 0;
                }
                int delta = u16(starts + segments2 + i);
                int rangeAt = starts + 2 * segments2 + i;
                int range = u16(rangeAt);
                int glyph = range == 0 ? codePoint : u16(rangeAt + range + 2 * (codePoint - start));
                return glyph == 0 ? 0 : glyph + delta & 0xffff;
            }
        }
        return 0;
    }

    private int advance(int glyph) {
        return u16(table("hmtx") + 4 * Math.min(glyph, widths - 1));
    }

    // ---- outlines ----

    private int offset(int glyph) {
        int loca = table("loca");
        return longOffsets ? data.getInt(loca + 4 * glyph) : 2 * u16(loca + 2 * glyph);
    }

    private void append(Path2D path, int glyph, AffineTransform place) {
        int at = table("glyf") + offset(glyph);
        if (offset(glyph) == offset(glyph + 1)) {
            return; // a space
        }
        int contours = data.getShort(at);
        if (contours >= 0) {
            appendSimple(path, at + 10, contours, place);
        } else {
            appendParts(path, at + 10, place);
        }
    }

    private void appendParts(Path2D path, int begin, AffineTransform place) {
        int at = begin;
        int flags;
        do {
            flags = u16(at);
            int glyph = u16(at + 2);
            at += 4;
            boolean words = (flags & WORDS) != 0;
            int dx = words ? data.getShort(at) : data.get(at);
            int dy = words ? data.getShort(at + 2) : data.get(at + 1);
            at += words ? 4 : 2;
            double[] m = {1, 0, 0, 1};
            if ((flags & SCALE) != 0) {
                m[0] = m[3] = fraction(at);
                at += 2;
            } else if ((flags & X_AND_Y_SCALE) != 0) {
                m[0] = fraction(at);
                m[3] = fraction(at + 2);
                at += 4;
            } else if ((flags & TWO_BY_TWO) != 0) {
                for (int i = 0; i < 4; i++) {
                    m[i] = fraction(at + 2 * i);
                }
                at += 8;
            }
            boolean shifted = (flags & XY_VALUES) != 0; // else points are aligned, which this font never does
            AffineTransform part = new AffineTransform(place);
            part.concatenate(new AffineTransform(m[0], m[1], m[2], m[3], shifted ? dx : 0, shifted ? dy : 0));
            append(path, glyph, part);
        } while ((flags & MORE) != 0);
    }

    private double fraction(int at) {
        return data.getShort(at) / 16384.0;
    }

    private void appendSimple(Path2D path, int begin, int contours, AffineTransform place) {
        if (contours == 0) {
            return;
        }
        int points = u16(begin + 2 * (contours - 1)) + 1;
        int at = begin + 2 * contours;
        at += 2 + u16(at); // hinting instructions
        int[] flags = new int[points];
        for (int i = 0; i < points; i++) {
            flags[i] = data.get(at++) & 0xff;
            if ((flags[i] & REPEAT) != 0) {
                for (int times = data.get(at++) & 0xff; times > 0; times--) {
                    flags[i + 1] = flags[i++];
                }
            }
        }
        double[] xy = new double[2 * points];
        at = coordinates(flags, at, X_SHORT, X_SAME_OR_POSITIVE, xy, 0);
        coordinates(flags, at, Y_SHORT, Y_SAME_OR_POSITIVE, xy, 1);
        place.transform(xy, 0, xy, 0, points);
        int first = 0;
        for (int c = 0; c < contours; c++) {
            int last = u16(begin + 2 * c);
            appendContour(path, flags, xy, first, last - first + 1);
            first = last + 1;
        }
    }

    private int coordinates(int[] flags, int begin, int isShort, int sameOrPositive, double[] xy, int axis) {
        int at = begin;
        int value = 0;
        for (int i = 0; i < flags.length; i++) {
            boolean bit = (flags[i] & sameOrPositive) != 0;
            if ((flags[i] & isShort) != 0) {
                int step = data.get(at++) & 0xff;
                value += bit ? step : -step;
            } else if (!bit) {
                value += data.getShort(at);
                at += 2;
            }
            xy[2 * i + axis] = value;
        }
        return at;
    }

    /** Quadratic curves: between two control points in a row lies a point of the curve, halfway. */
    private static void appendContour(Path2D path, int[] flags, double[] xy, int first, int count) {
        int start = 0;
        while (start < count && (flags[first + start] & ON_CURVE) == 0) {
            start++;
        }
        if (start == count) {
            return; // all control points: none in this font
        }
        int from = first + start;
        path.moveTo(xy[2 * from], xy[2 * from + 1]);
        for (int k = 1; k <= count; k++) {
            int p = first + (start + k) % count;
            double x = xy[2 * p];
            double y = xy[2 * p + 1];
            if ((flags[p] & ON_CURVE) != 0) {
                path.lineTo(x, y);
                continue;
            }
            int next = first + (start + k + 1) % count;
            boolean onCurve = (flags[next] & ON_CURVE) != 0;
            double toX = onCurve ? xy[2 * next] : (x + xy[2 * next]) / 2;
            double toY = onCurve ? xy[2 * next + 1] : (y + xy[2 * next + 1]) / 2;
            path.quadTo(x, y, toX, toY);
            k += onCurve ? 1 : 0;
        }
        path.closePath();
    }
}
