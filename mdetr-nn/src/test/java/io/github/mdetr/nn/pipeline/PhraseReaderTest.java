package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.parity.Formula;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PhraseReaderTest {
    private static final RobertaTokenizer TOKENIZER = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
    private static final String CAPTION = "the dog, a red ball";

    private final Encoding encoding = TOKENIZER.encode(CAPTION);

    /** Probabilities with some tokens set, each by a char of the caption that it covers. */
    private float[] p(Object... charAndValue) {
        float[] p = new float[256];
        for (int i = 0; i < charAndValue.length; i += 2) {
            p[encoding.charToToken((int) charAndValue[i])] = (float) charAndValue[i + 1];
        }
        return p;
    }

    private List<Phrase> read(float[] p, float share) {
        return new PhraseReader(CAPTION, encoding, share).read(p);
    }

    @Test
    void neighboursJoinOverWhiteSpaceAlone() {
        float[] p = p(0, 0.2f, 4, 0.3f, 9, 0.25f, 15, 0.4f);
        assertEquals(
                List.of(
                        new Phrase(0, 7, "the dog", 0.3f),
                        new Phrase(9, 10, "a", 0.25f),
                        new Phrase(15, 19, "ball", 0.4f)),
                read(p, 0.1f));
    }

    @Test
    void aTokenIsMeantAboveTheShareNotAtIt() {
        assertEquals(List.of("dog"), texts(read(p(4, 0.5f, 11, 0.25f), 0.5f)));
        assertEquals(List.of("dog", "red"), texts(read(p(4, 0.5f, 11, Math.nextUp(0.25f)), 0.5f)));
    }

    @Test
    void aPartMeansTheWord() {
        String caption = "a Xylophonist's z";
        Encoding e = TOKENIZER.encode(caption);
        int first = e.charToToken(2);
        assertTrue(e.charEnd(first) < 15, "one token spells the word: choose another word");
        for (int t = first; e.charStart(t) < 15; t++) {
            float[] p = new float[256];
            p[t] = 1;
            assertEquals(List.of(new Phrase(2, 15, "Xylophonist's", 1)), new PhraseReader(caption, e, 0.1f).read(p));
        }
    }

    @Test
    void tokensAroundTheTextAndPaddingAreNotMeant() {
        float[] p = p(4, 0.01f);
        p[0] = 0.5f;
        p[encoding.length() - 1] = 0.4f;
        p[encoding.length()] = 0.3f;
        p[255] = 0.9f;
        assertEquals(List.of(new Phrase(4, 7, "dog", 0.01f)), read(p, 0.1f));
        assertEquals(List.of(), read(new float[256], 0));
    }

    @Test
    void aSpanOfNoTokenScoresNothing() {
        String caption = "dog     cat";
        float[] p = new float[256];
        Arrays.fill(p, 1);
        PhraseReader reader = new PhraseReader(caption, TOKENIZER.encode(caption), 0.1f);
        assertEquals(0, reader.score(p, new Span(5, 6)));
        assertEquals(1, reader.score(p, new Span(2, 9)));
    }

    @Test
    void whatNoBoxCanPointToScoresNothing() {
        String caption = "a" + " a".repeat(299);
        float[] p = new float[256];
        Arrays.fill(p, 0.25f);
        p[255] = 1; // no object, not the token of that index
        PhraseReader reader = new PhraseReader(caption, TOKENIZER.encode(caption), 0.1f);
        assertEquals(0.25f, reader.score(p, new Span(506, 507)));
        assertEquals(0, reader.score(p, new Span(508, 509)));
        assertEquals(0.25f, reader.score(p, new Span(506, 520)));
        assertEquals(507, reader.read(p).get(0).end());
    }

    @TestFactory
    List<DynamicTest> asTheDefinitionWrittenInPython() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        JsonNode cases = new ObjectMapper()
                .readTree(Files.readAllBytes(GoldenCases.resource("/pipeline").resolve("phrases.json")));
        for (JsonNode c : cases) {
            tests.add(DynamicTest.dynamicTest(c.get("key").asText(), () -> check(c)));
        }
        assertEquals(21, tests.size());
        return tests;
    }

    private static void check(JsonNode c) {
        String caption = c.get("caption").asText();
        Encoding e = TOKENIZER.encode(caption);
        assertEquals(c.get("tokens").asInt(), e.length());
        float[] p = new float[256];
        Formula.fill(c.get("key").asText(), 1, 1, 0, FloatBuffer.wrap(p));
        for (int i = 0; i < p.length; i++) {
            float half = p[i] * 0.5f;
            float square = half * half;
            float fourth = square * square;
            p[i] = fourth * fourth;
        }
        PhraseReader reader =
                new PhraseReader(caption, e, (float) c.get("threshold").asDouble());
        int[][] expected = new ObjectMapper().convertValue(c.get("phrases"), int[][].class);
        List<Phrase> phrases = reader.read(p);
        assertArrayEquals(
                expected,
                phrases.stream().map(f -> new int[] {f.begin(), f.end()}).toArray(int[][]::new));
        for (Phrase f : phrases) {
            assertEquals(caption.substring(f.begin(), f.end()), f.text());
        }
        for (JsonNode s : c.get("spans")) {
            Span span = new Span(s.get(0).asInt(), s.get(1).asInt());
            assertEquals((float) s.get(2).asDouble(), reader.score(p, span), span::toString);
        }
    }

    private static List<String> texts(List<Phrase> phrases) {
        return phrases.stream().map(Phrase::text).toList();
    }
}
