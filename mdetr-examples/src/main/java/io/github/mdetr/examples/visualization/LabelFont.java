package io.github.mdetr.examples.visualization;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.GraphicsEnvironment;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextAttribute;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.io.IOException;
import java.io.InputStream;
import java.text.AttributedString;
import java.text.Bidi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Labels in any script as outlines. What the bundled font has and is written from left to right is drawn by it, the same
 * everywhere. Other text (Arabic and Hebrew, which are joined and run from the right, Chinese, emoji) is laid out by Java2D,
 * each character in the first font that has it: the bundled one, Java's sans serif, the others of the system by name. A
 * character that none has is drawn as {@link #MISSING}, and so is all such text where Java2D has no fonts at all.
 */
final class LabelFont {
    /** A question mark in a box. */
    static final char MISSING = '\uFFFD';

    private static final String LEFT_TO_RIGHT = "\u200E";

    private static final LabelFont INSTANCE = new LabelFont(LabelFont::systemFonts);

    private final TrueTypeFont own = TrueTypeFont.bundled();
    private final Supplier<List<Font>> source;
    private final Map<Integer, Optional<Font>> fontOf = new ConcurrentHashMap<>();
    private volatile @Nullable List<Font> fonts;

    LabelFont(Supplier<List<Font>> source) {
        this.source = source;
    }

    static LabelFont instance() {
        return INSTANCE;
    }

    double ascent(double size) {
        return own.ascent(size);
    }

    double descent(double size) {
        return own.descent(size);
    }

    /** A name with a number behind it, on its right whichever way the name runs. */
    static String withNumber(String name, String number) {
        char[] chars = name.toCharArray();
        return name + (Bidi.requiresBidi(chars, 0, chars.length) ? LEFT_TO_RIGHT : "") + " " + number;
    }

    /** How far a text of this size reaches. */
    double width(String text, double size) {
        TextLayout layout = layout(text, size);
        return layout == null ? own.width(drawable(text, false), size) : layout.getAdvance();
    }

    /** The text's outline with its baseline beginning at (x, y), y downwards. */
    Shape outline(String text, double size, double x, double y) {
        TextLayout layout = layout(text, size);
        return layout == null
                ? own.outline(drawable(text, false), size, x, y)
                : layout.getOutline(AffineTransform.getTranslateInstance(x, y));
    }

    /** The characters of a text that are drawn as {@link #MISSING}, each once. */
    String missing(String text) {
        return text.codePoints()
                .distinct()
                .filter(c -> c != MISSING && !isDrawable(c))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /**
     * The text without what has no shape, spaces for line breaks, and marks for what no font has.
     *
     * @param joiners whether what only says how others join and run stays
     */
    private String drawable(String text, boolean joiners) {
        StringBuilder drawable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                drawable.append(' ');
            } else if (!isVariationSelector(c) && (joiners || Character.getType(c) != Character.FORMAT)) {
                drawable.appendCodePoint(isDrawable(c) ? c : MISSING);
            }
        });
        return drawable.toString();
    }

    private boolean isDrawable(int c) {
        return isOwn(c)
                || Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT
                || isVariationSelector(c)
                || font(c).isPresent();
    }

    /** Whether the bundled font alone can write it: it has the character, which neither joins nor runs from the right. */
    private boolean isOwn(int c) {
        return own.glyph(c) != 0 && !isRightToLeft(c);
    }

    private static boolean isRightToLeft(int c) {
        char[] chars = Character.toChars(c);
        return Bidi.requiresBidi(chars, 0, chars.length);
    }

    private static boolean isVariationSelector(int c) {
        return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
    }

    /** Java2D's layout of a text that the bundled font alone cannot write; null where it can, or nothing else can. */
    private @Nullable TextLayout layout(String text, double size) {
        if (text.codePoints().allMatch(this::isOwn)
                || text.codePoints().noneMatch(c -> !isOwn(c) && font(c).isPresent())) {
            return null;
        }
        String drawn = drawable(text, true);
        AttributedString styled = new AttributedString(drawn);
        styled.addAttribute(TextAttribute.RUN_DIRECTION, TextAttribute.RUN_DIRECTION_LTR);
        for (int i = 0; i < drawn.length(); ) {
            int c = drawn.codePointAt(i);
            int end = i + Character.charCount(c);
            // what has no font of its own, such as a joiner, stays with what it joins
            Font font = font(c).orElse(null);
            Font before = i == 0 ? null : font(drawn.codePointBefore(i)).orElse(null);
            Font chosen = font != null ? font : before != null ? before : fonts().get(0);
            styled.addAttribute(TextAttribute.FONT, chosen.deriveFont((float) size), i, end);
            i = end;
        }
        return new TextLayout(styled.getIterator(), new FontRenderContext(null, true, true));
    }

    /** The first font that has a shape for a character. */
    private Optional<Font> font(int c) {
        return fontOf.computeIfAbsent(
                c, k -> fonts().stream().filter(font -> hasShape(font, k)).findFirst());
    }

    /** A font of coloured pictures knows characters of which it has no outline. */
    private static boolean hasShape(Font font, int c) {
        if (!font.canDisplay(c)) {
            return false;
        }
        return Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.getType(c) == Character.FORMAT
                || !font.createGlyphVector(new FontRenderContext(null, true, true), Character.toString(c))
                        .getOutline()
                        .getBounds2D()
                        .isEmpty();
    }

    private List<Font> fonts() {
        List<Font> known = fonts;
        if (known == null) {
            known = source.get();
            fonts = known;
        }
        return known;
    }

    /** Java2D's fonts; none where the system lacks what it needs for them, which it says in many ways. */
    private static List<Font> systemFonts() {
        try (InputStream bundled = TrueTypeFont.open()) {
            List<Font> all = new ArrayList<>();
            all.add(Font.createFont(Font.TRUETYPE_FONT, bundled).deriveFont(12f));
            all.add(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            Arrays.stream(GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts())
                    .sorted(Comparator.comparing(Font::getFontName))
                    .map(font -> font.deriveFont(12f))
                    .forEach(all::add);
            all.get(0).canDisplay('a'); // loads what may be missing
            return List.copyOf(all);
        } catch (IOException | FontFormatException | RuntimeException | LinkageError | InternalError e) {
            return List.of();
        }
    }
}
