package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RobertaTokenizerTest {
    private final RobertaTokenizer tokenizer = TestFiles.tiny();

    @Test
    void workedExampleOfTheDocumentation() {
        workedExample(TestFiles.TINY);
    }

    @Test
    void workedExampleOfTheDocumentationOnRobertaBase() {
        workedExample(TestFiles.robertaBase());
    }

    private static void workedExample(Path directory) {
        RobertaTokenizer tokenizer = RobertaTokenizer.load(directory);
        String caption = "🚲 behind a red cube";
        Encoding e = tokenizer.encode(caption);
        int token = e.charToToken(caption.indexOf("cube"));
        assertEquals("Ġcube", tokenizer.idToToken(e.id(token)));
        assertEquals("cube", caption.substring(e.charStart(token), e.charEnd(token)));
        assertEquals(16, e.charStart(token));
        assertEquals(15, e.codePointStart(token));
        assertEquals(caption, tokenizer.decode(e.ids(), true));
    }

    @Test
    void tokensAndIds() {
        assertEquals(1024, tokenizer.vocabSize());
        assertEquals(tokenizer.vocabSize(), tokenizer.vocabulary().size());
        assertEquals(OptionalInt.of(4), tokenizer.tokenToId("<mask>"));
        assertEquals(OptionalInt.empty(), tokenizer.tokenToId(" dog"));
        assertEquals("<pad>", tokenizer.idToToken(tokenizer.padId()));
        assertEquals("<s>", tokenizer.idToToken(tokenizer.beginId()));
        assertEquals("</s>", tokenizer.idToToken(tokenizer.endId()));
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            assertEquals(OptionalInt.of(id), tokenizer.tokenToId(tokenizer.idToToken(id)));
        }
    }

    @Test
    void idsOutsideTheVocabularyAreErrors() {
        assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.idToToken(1024));
        assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.decode(new int[] {5, -1}));
    }

    @Test
    void textLengthHasALimit() {
        String text = "a".repeat(RobertaTokenizer.MAX_TEXT_LENGTH + 1);
        TokenizerException e = assertThrows(TokenizerException.class, () -> tokenizer.encode(text));
        assertEquals("text has 1048577 chars; expected at most 1048576: encode it in parts", e.getMessage());
    }

    @Test
    void maxLengthMustLeaveRoomForTheSpecialTokens() {
        assertThrows(IllegalArgumentException.class, () -> EncodeOptions.DEFAULT.withMaxLength(1));
        assertThrows(IllegalArgumentException.class, () -> new EncodeOptions(false, -1));
        assertEquals(0, tokenizer.encode("a", new EncodeOptions(false, 0)).length());
        assertEquals(2, tokenizer.encode("a", new EncodeOptions(true, 2)).length());
    }

    @Test
    void theLongestTextTakesSeconds() {
        String sentence = "the large red cube left of the 🚲 isn't <mask> – a <small> café  ";
        String text = sentence.repeat(RobertaTokenizer.MAX_TEXT_LENGTH / sentence.length());
        Encoding e = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> tokenizer.encode(text));
        assertEquals(text, tokenizer.decode(e.ids()).replaceFirst("^<s>", "").replaceFirst("</s>$", ""));
        // Sentences end in spaces, so that what one gives does not depend on its neighbours.
        Encoding once = tokenizer.encode(sentence + sentence);
        int middle = once.charToToken(sentence.length());
        int copy = e.charToToken(text.length() - sentence.length());
        assertEquals(once.length() - middle, e.length() - copy);
    }

    @Test
    void threadsShareOneTokenizer() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            texts.add("the " + "large ".repeat(i % 7) + "cube" + i + " 🚲 <mask> is " + "x".repeat(i % 90));
        }
        List<int[]> expected =
                texts.stream().map(t -> tokenizer.encode(t).ids()).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < texts.size(); i++) {
                        assertArrayEquals(
                                expected.get(i), tokenizer.encode(texts.get(i)).ids());
                    }
                }));
            }
            for (Future<?> f : done) {
                f.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aVocabularyMadeInMemoryWorksAsOneFromFiles() {
        Vocabulary.Builder builder = Vocabulary.builder("in memory");
        for (int b = 0; b < 256; b++) {
            builder.token(String.valueOf(ByteAlphabet.charOf(b)), b);
        }
        builder.token("ab", 256).merge("a", "b");
        TokenizerException e = assertThrows(
                TokenizerException.class, () -> RobertaTokenizer.of(builder.build(), TokenizerOptions.DEFAULT));
        assertTrue(e.getMessage().contains("lacks the token \"<s>\""), e.getMessage());
        builder.addedToken(AddedToken.special("<s>", 257))
                .addedToken(AddedToken.special("</s>", 258))
                .addedToken(AddedToken.special("<pad>", 259));
        RobertaTokenizer made = RobertaTokenizer.of(builder.build(), TokenizerOptions.DEFAULT);
        assertArrayEquals(
                new int[] {257, 256, 'c', 259, 258}, made.encode("abc<pad>").ids());
    }
}
