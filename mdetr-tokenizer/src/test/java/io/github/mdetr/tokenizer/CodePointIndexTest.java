package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodePointIndexTest {
    @ParameterizedTest(name = "{index}")
    @ValueSource(
            strings = {
                "",
                "a",
                "🚲",
                "🚲 a dog",
                "a🚲🚲b",
                "👩‍👩‍👧",
                "é語𝒳",
                "a\ud83d",
                "\udeb2\ud83d\udeb2",
                "\ud83d\ud83d\udeb2"
            })
    void countsAsTheJdkDoes(String text) {
        CodePointIndex index = CodePointIndex.of(text);
        assertEquals(text.length(), index.charCount());
        assertEquals(text.codePointCount(0, text.length()), index.codePointCount());
        for (int i = 0; i <= index.codePointCount(); i++) {
            int c = text.offsetByCodePoints(0, i);
            assertEquals(c, index.toChar(i));
            assertEquals(i, index.toCodePoint(c));
            if (c + 1 < text.length() && Character.charCount(text.codePointAt(c)) == 2) {
                assertEquals(i, index.toCodePoint(c + 1), "the second half of a pair");
            }
        }
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(ints = {-1, 8})
    void positionsOutsideTheTextAreErrors(int index) {
        CodePointIndex codePoints = CodePointIndex.of("🚲 a dog");
        assertThrows(IndexOutOfBoundsException.class, () -> codePoints.toChar(index));
        assertThrows(IndexOutOfBoundsException.class, () -> codePoints.toCodePoint(index < 0 ? index : index + 1));
    }
}
