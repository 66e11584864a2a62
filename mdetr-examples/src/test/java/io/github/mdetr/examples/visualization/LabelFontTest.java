package io.github.mdetr.examples.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.PathIterator;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels in scripts of all kinds. */
class LabelFontTest {
    private static final double SIZE = 40;

    /** As on a machine without fonts. */
    private final LabelFont bare = new LabelFont(List::of);

    private static LabelFont bundledOnly() {
        try (InputStream file = TrueTypeFont.open()) {
            Font font = Font.createFont(Font.TRUETYPE_FONT, file).deriveFont(12f);
            return new LabelFont(() -> List.of(font));
        } catch (IOException | FontFormatException | RuntimeException | LinkageError e) {
            assumeTrue(false, "Java2D has no fonts here: " + e);
            throw new AssertionError(e);
        }
    }

    private static List<String> segments(Shape shape) {
        List<String> all = new ArrayList<>();
        double[] points = new double[6];
        for (PathIterator i = shape.getPathIterator(null); !i.isDone(); i.next()) {
            all.add(i.currentSegment(points) + Arrays.toString(points));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"a red café 0.97", "Ελληνικά", "русский язык", "naïve … “x”"})
    void whatTheBundledFontHasIsDrawnByItAlone(String text) {
        LabelFont font = LabelFont.instance();
        assertEquals(
                segments(TrueTypeFont.bundled().outline(text, SIZE, 3, 50)), segments(font.outline(text, SIZE, 3, 50)));
        assertEquals(TrueTypeFont.bundled().width(text, SIZE), font.width(text, SIZE));
        assertEquals("", font.missing(text));
    }

    @Test
    void hebrewRunsFromTheRight() {
        LabelFont font = bundledOnly();
        Shape both = font.outline("אל", SIZE, 0, 0);
        double width = font.width("ל", SIZE);
        // the second letter stands on the left, where it stands alone
        assertTrue(covers(both, font.outline("ל", SIZE, 0, 0)));
        assertTrue(covers(both, font.outline("א", SIZE, width, 0)));
    }

    @Test
    void arabicLettersJoin() {
        LabelFont font = bundledOnly();
        double apart = 3 * font.width("ب", SIZE);
        assertTrue(font.width("ببب", SIZE) < 0.9 * apart, "letters in a word are narrower than each alone");
    }

    @Test
    void theScoreBehindALabelFromTheRightStaysOnTheRight() {
        LabelFont font = bundledOnly();
        double name = font.width("כלב ", SIZE);
        assertTrue(covers(
                font.outline(LabelFont.withNumber("כלב", "0.97"), SIZE, 0, 0), font.outline("0.97", SIZE, name, 0)));
    }

    @Test
    void anEmojiThatTheFontHasIsDrawnAndItsSelectorLeftOut() {
        LabelFont font = bundledOnly();
        assertEquals("", font.missing("😀\uFE0F"));
        assertEquals(font.width("😀", SIZE), font.width("😀\uFE0F", SIZE), 1e-3);
        assertFalse(font.outline("😀", SIZE, 0, 0).getBounds2D().isEmpty());
    }

    @Test
    void whatNoFontHasIsAQuestionMarkInABoxAndIsTold() {
        LabelFont font = bundledOnly();
        assertEquals("日本", font.missing("日本 dog 日"));
        assertEquals(
                segments(TrueTypeFont.bundled().outline("\uFFFD\uFFFD dog", SIZE, 0, 0)),
                segments(font.outline("日本 dog", SIZE, 0, 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"שלום", "سلام", "😀", "日本"})
    void withoutFontsOfTheSystemNothingIsDrawnWrongly(String text) {
        int letters = text.codePointCount(0, text.length());
        assertEquals(
                letters, bare.missing(text).codePointCount(0, bare.missing(text).length()));
        assertEquals(
                segments(TrueTypeFont.bundled().outline("\uFFFD".repeat(letters), SIZE, 0, 0)),
                segments(bare.outline(text, SIZE, 0, 0)));
    }

    @Test
    void theMarkIsAShapeOfItsOwn() {
        TrueTypeFont own = TrueTypeFont.bundled();
        assertNotEquals(0, own.glyph(LabelFont.MISSING));
        assertFalse(own.outline("\uFFFD", SIZE, 0, 0).getBounds2D().isEmpty());
    }

    @Test
    void lineBreaksAreSpaces() {
        assertEquals(segments(bare.outline("a b", SIZE, 0, 0)), segments(bare.outline("a\nb", SIZE, 0, 0)));
    }

    /** Whether a shape has all of another, but for rounding. */
    private static boolean covers(Shape shape, Shape part) {
        Area left = new Area(part);
        left.subtract(new Area(shape));
        return left.isEmpty() || area(left) < 0.02 * area(new Area(part));
    }

    private static double area(Area area) {
        int inside = 0;
        for (double y = -SIZE; y < SIZE; y += 0.25) {
            for (double x = -SIZE; x < 10 * SIZE; x += 0.25) {
                inside += area.contains(x, y) ? 1 : 0;
            }
        }
        return inside;
    }
}
