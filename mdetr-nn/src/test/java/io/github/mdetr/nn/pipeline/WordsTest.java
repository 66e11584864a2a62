package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static List<String> of(String caption) {
        return Words.of(caption).stream()
                .map(s -> caption.substring(s.begin(), s.end()))
                .toList();
    }

    @Test
    void endsLosePunctuation() {
        assertEquals(List.of("a", "dog", "so-called", "bites"), of("(a) \"dog\", so-called: …bites!?"));
        assertEquals(List.of("top", "café-au-lait"), of("“top” «café-au-lait»."));
    }

    @Test
    void hyphensAndApostrophesInsideStay() {
        assertEquals(
                List.of("the", "dog's", "T-shirt", "dogs", "rock'n'roll"), of("the dog's T-shirt dogs' rock'n'roll"));
        assertEquals(List.of("a", "b"), of("a - b"));
    }

    @Test
    void emojiAreNoWordsAndCountTwoChars() {
        assertEquals(List.of(new Span(3, 6), new Span(9, 12)), Words.of("🌸 dog🌿 cat 👩‍🦰"));
        assertEquals(List.of("a🌸b"), of("a🌸b"));
    }

    @Test
    void lettersBeyondTheBasicPlaneAreLetters() {
        assertEquals(List.of(new Span(0, 4), new Span(6, 8)), Words.of("𝒜𝒷 (𠮷)"));
    }

    @Test
    void everyWhiteSpacePartsWords() {
        for (String space :
                List.of(" ", "\u00a0", "\u202f", "\u2007", "\u3000", "\u2028", "\t", "\r\n", "\u000b", "\u001c")) {
            assertEquals(List.of("a", "b"), of("a" + space + "b"), () -> "U+" + Integer.toHexString(space.charAt(0)));
            assertTrue(Words.isBlank(space, 0, space.length()));
        }
        assertEquals(List.of("a\u200bb"), of("a\u200bb")); // a zero-width space is none in Unicode
        assertFalse(Words.isBlank("\u200b", 0, 1));
    }

    @Test
    void marksBelongToTheirLetters() {
        assertEquals(List.of("e\u0301te\u0301"), of("\"e\u0301te\u0301\"."));
        assertEquals(List.of("लड़की", "है"), of("लड़की है।")); // Hindi: a girl is
        assertEquals(List.of("1\ufe0f\u20e3"), of("1\ufe0f\u20e3"));
        assertEquals(List.of("a"), of("\u0301a"));
        assertEquals(List.of("dog"), of("dog❤\ufe0f"));
    }

    @Test
    void thereMayBeNone() {
        assertEquals(List.of(), Words.of(""));
        assertEquals(List.of(), Words.of(" \u00a0 "));
        assertEquals(List.of(), Words.of("… 🌸 -- '"));
    }
}
