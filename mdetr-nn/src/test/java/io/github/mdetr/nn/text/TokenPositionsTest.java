package io.github.mdetr.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Captions with as many tokens as boxes can point to, and more. */
class TokenPositionsTest {
    private static final RobertaTokenizer TOKENIZER = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
    private static final String LONG = "a" + " a".repeat(299);

    /** "a a a …": token t of the 302 is the word at character 2 (t − 1). */
    private static final Encoding ENCODING = TOKENIZER.encode(LONG);

    @Test
    void classesAreThePositionsAndNoObject() {
        assertEquals(302, ENCODING.length());
        assertEquals(256, MdetrConfig.TOKEN_CLASSES);
        assertEquals(255, TokenPositions.NO_OBJECT);
    }

    @Test
    void theLastPositionIs254() {
        int[][] offsets = ENCODING.charOffsets();
        for (int token : new int[] {1, 253, 254}) {
            int at = 2 * (token - 1);
            assertEquals(new TokenPositions.Range(token, token), TokenPositions.covered(offsets, at, at + 1));
            float[] row = PositiveMap.uniform(offsets, new int[][][] {{{at, at + 1}}})[0];
            assertEquals(1, row[token], 1e-5);
            assertEquals(List.of(), PositiveMap.clipped(offsets, new int[][][] {{{at, at + 1}}}));
        }
    }

    @Test
    void tokensBehindHaveNoPlaceAndAreTold() {
        int[][] offsets = ENCODING.charOffsets();
        int at = 2 * 254; // token 255, whose class would be "no object"
        int[][][] phrases = {{{at, at + 1}}, {{0, 1}, {at - 4, at + 3}}, {{0, 3}}};
        float[][] map = PositiveMap.uniform(offsets, phrases);
        assertArrayEquals(new float[256], map[0]);
        for (int t = 0; t < 256; t++) {
            boolean inside = t == 1 || t == 253 || t == 254;
            assertEquals(inside ? 1 / 3.0 : 0, map[1][t], 1e-5, "position " + t);
        }
        assertEquals(
                List.of(new ClippedSpan(at, at + 1, 255), new ClippedSpan(at - 4, at + 3, 256)),
                PositiveMap.clipped(offsets, phrases));
    }

    @Test
    void theWarningNamesCaptionAndSpanOnOneLine() {
        assertEquals(
                "span [508, 509) of caption \"a a a a a a a a a a a a a a a a a a a a …\": its last token is 255, and"
                        + " boxes can point to tokens 0 to 254; those behind are left out",
                new ClippedSpan(508, 509, 255).warning(LONG));
        assertEquals(
                "span [0, 1) of caption \"🌸 b\": its last token is 300, and boxes can point to tokens 0 to 254; those"
                        + " behind are left out",
                new ClippedSpan(0, 1, 300).warning("🌸\nb"));
    }

    /** In chars and in code points, on every character of a caption whose characters have several tokens or none. */
    @Test
    void oneCharacterIsWhereTheTokenizerSaysItIs() {
        Encoding e = TOKENIZER.encode("two 🌸🌸   in a café, 東京");
        for (int i = 0; i < 30; i++) {
            assertFirst(e.charOffsets(), i, e.charToToken(i), e.charToToken(i + 1), e.charToToken(i + 2));
            assertFirst(
                    e.codePointOffsets(),
                    i,
                    e.codePointToToken(i),
                    e.codePointToToken(i + 1),
                    e.codePointToToken(i + 2));
        }
    }

    private static void assertFirst(int[][] offsets, int at, int... tries) {
        // a span that ends on the caption's first word, whatever it begins with
        TokenPositions.Range range = TokenPositions.covered(offsets, at, 1);
        for (int token : tries) {
            if (token != Encoding.NO_TOKEN) {
                assertEquals(new TokenPositions.Range(token, 1), range);
                return;
            }
        }
        assertNull(range);
    }
}
