package io.github.mdetr.nn.augmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.nn.data.CodePointSpan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Left and right change places where they are words, and spans stay on their words. */
class MirroredCaptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the ball left of the cube | the ball right of the cube",
                "Right: the LEFT-hand cup, leftmost | Left: the RIGHT-hand cup, rightmost",
                "left,right;left's righthand side | right,left;right's lefthand side",
                "left left right | right right left",
                "a bright leftover copyright left2 left_a | a bright leftover copyright left2 left_a",
                "🚲left🚲 the éleft right日 | 🚲right🚲 the éleft right日",
                "Rightward of the left side | Leftward of the right side",
                "nothing here | nothing here",
            })
    void wordsChangePlaces(String caption, String mirrored) {
        assertEquals(mirrored, MirroredCaption.of(caption).text());
        assertEquals(caption, MirroredCaption.of(mirrored).text(), "twice is as before");
    }

    @Test
    void spansStayOnTheirWords() {
        String caption = "🚲 left of the left dog, right of a cup";
        MirroredCaption mirror = MirroredCaption.of(caption);
        for (String words : new String[] {"🚲", "left dog", "the", "dog", "of a cup", "dog, right", "cup", caption}) {
            int begin = caption.codePointCount(0, caption.indexOf(words));
            CodePointSpan span = mirror.map(new CodePointSpan(begin, begin + words.codePointCount(0, words.length())));
            assertEquals(MirroredCaption.of(words).text(), text(mirror.text(), span));
        }
    }

    @Test
    void spansThatBeginOrEndWithinAWordStayWithinIt() {
        MirroredCaption mirror = MirroredCaption.of("a right b left c");
        assertEquals("ig", text("a right b left c", new CodePointSpan(3, 5)));
        assertEquals("ef", text(mirror.text(), mirror.map(new CodePointSpan(3, 5))));
        assertEquals(" b ri", text(mirror.text(), mirror.map(new CodePointSpan(6, 12))));
        assertEquals(new CodePointSpan(16, 16), mirror.map(new CodePointSpan(16, 16)), "its end");
    }

    private static String text(String caption, CodePointSpan span) {
        return caption.substring(
                caption.offsetByCodePoints(0, span.begin()), caption.offsetByCodePoints(0, span.end()));
    }
}
