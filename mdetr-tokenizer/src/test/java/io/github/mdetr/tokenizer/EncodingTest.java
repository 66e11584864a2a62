package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans in chars follow from those in code points, which {@link GoldenTest} and {@link EdgeCasesTest} compare. */
class EncodingTest {
    private final RobertaTokenizer tokenizer = TestFiles.tiny();

    @Test
    void workedExampleOfTheDocumentation() {
        String text = "🚲 a dog";
        Encoding e = tokenizer.encode(text);
        int token = e.charToToken(5);
        assertEquals(5, e.charStart(token));
        assertEquals(4, e.codePointStart(token));
        assertEquals(token, e.codePointToToken(4));
        assertEquals("dog", text.substring(e.charStart(token), e.charEnd(token)));
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(strings = {"", "  ", "a dog", "🚲 a dog 👩‍👩‍👧 é", "🚲🚲<mask>🚲", "日本語 x"})
    void charsAndCodePointsAgree(String text) {
        Encoding e = tokenizer.encode(text);
        CodePointIndex index = CodePointIndex.of(text);
        for (int t = 0; t < e.length(); t++) {
            assertEquals(index.toCodePoint(e.charStart(t)), e.codePointStart(t));
            assertEquals(index.toCodePoint(e.charEnd(t)), e.codePointEnd(t));
            assertArrayEquals(new int[] {e.charStart(t), e.charEnd(t)}, e.charOffsets()[t]);
            assertArrayEquals(new int[] {e.codePointStart(t), e.codePointEnd(t)}, e.codePointOffsets()[t]);
        }
        for (int c = 0; c < text.length(); c++) {
            assertEquals(firstTokenWith(e, c), e.charToToken(c), "char " + c);
            assertEquals(e.charToToken(c), e.codePointToToken(index.toCodePoint(c)));
        }
    }

    private static int firstTokenWith(Encoding e, int c) {
        for (int t = 0; t < e.length(); t++) {
            if (e.charStart(t) <= c && c < e.charEnd(t)) {
                return t;
            }
        }
        return Encoding.NO_TOKEN;
    }

    @Test
    void outsideTheTextThereIsNoToken() {
        Encoding e = tokenizer.encode("🚲 dog");
        for (int c : new int[] {-5, -1, 6, 7, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertEquals(Encoding.NO_TOKEN, e.charToToken(c));
            assertEquals(Encoding.NO_TOKEN, e.codePointToToken(c));
        }
    }

    @Test
    void truncationKeepsTheEndTokenAndCountsWhatIsDropped() {
        String text = "a red cube behind a blue cube";
        Encoding whole = tokenizer.encode(text);
        assertEquals(0, whole.truncatedTokens());
        Encoding cut = tokenizer.encode(text, EncodeOptions.DEFAULT.withMaxLength(4));
        assertEquals(4, cut.length());
        assertEquals(tokenizer.endId(), cut.id(3));
        assertEquals(whole.length() - 4, cut.truncatedTokens());
        assertEquals(Encoding.NO_TOKEN, cut.charToToken(text.length() - 1));
        assertArrayEquals(
                whole.ids(),
                tokenizer
                        .encode(text, EncodeOptions.DEFAULT.withMaxLength(whole.length()))
                        .ids());
    }

    @Test
    void onlyTheTokensPutAroundTheTextAreAroundIt() {
        Encoding e = tokenizer.encode("<s> a");
        assertTrue(e.isAroundText(0) && e.isAroundText(e.length() - 1));
        assertFalse(e.isAroundText(1));
        Encoding bare = tokenizer.encode("<s>", EncodeOptions.DEFAULT.withSpecialTokens(false));
        assertEquals(1, bare.length());
        assertFalse(bare.isAroundText(0));
        assertEquals(0, bare.charToToken(1));
    }

    @Test
    void whatItGivesOutCanBeChangedWithoutChangingIt() {
        Encoding e = tokenizer.encode("a dog");
        e.ids()[0] = 99;
        e.charOffsets()[1][1] = 99;
        assertEquals(tokenizer.beginId(), e.id(0));
        assertEquals(1, e.charEnd(1));
        e.attentionMask()[0] = 99;
        assertEquals("1".repeat(e.length()), Arrays.toString(e.attentionMask()).replaceAll("\\D", ""));
    }
}
