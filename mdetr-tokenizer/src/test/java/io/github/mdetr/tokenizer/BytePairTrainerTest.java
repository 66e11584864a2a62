package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The files are those of Hugging Face's trainer, to the byte. */
class BytePairTrainerTest {
    @TempDir
    Path folder;

    static Stream<Arguments> cases() throws IOException {
        JsonNode fixture = TestFiles.json(Path.of("src/test/resources/trained.json"));
        List<Arguments> cases = new ArrayList<>();
        fixture.get("cases")
                .forEach(c -> cases.add(Arguments.of(
                        c.get("name").asText(), fixture.get("first").asText(), c)));
        assertTrue(cases.size() > 60);
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theFilesAreThoseOfHuggingFace(String name, String first, JsonNode c) throws IOException {
        BytePairTrainer trainer = new BytePairTrainer();
        c.get("texts").forEach(text -> trainer.add(text.asText()));
        Vocabulary vocabulary =
                trainer.train(c.get("size").asInt(), c.get("minFrequency").asInt());
        vocabulary.save(folder.resolve("new"));
        assertEquals("#version: 0.2\n" + c.get("merges").asText(), Files.readString(folder.resolve("new/merges.txt")));
        assertEquals(first + c.get("vocab").asText(), Files.readString(folder.resolve("new/vocab.json")));
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            assertEquals(2, files.count(), "nothing else is left there");
        }
        RobertaTokenizer tokenizer = RobertaTokenizer.load(folder.resolve("new"));
        RobertaTokenizer direct = RobertaTokenizer.of(vocabulary, TokenizerOptions.DEFAULT);
        for (JsonNode text : c.get("texts")) {
            int[] ids = tokenizer.encode(text.asText()).ids();
            assertArrayEquals(direct.encode(text.asText()).ids(), ids);
            assertEquals("<s>" + text.asText() + "</s>", tokenizer.decode(ids));
        }
    }

    @Test
    void theExampleOfTheDocumentation() throws IOException {
        Vocabulary vocabulary = new BytePairTrainer()
                .add("a red cube behind a red ball")
                .add("the red ball")
                .train(300, 2);
        assertEquals(268, vocabulary.size());
        vocabulary.save(folder);
        vocabulary.save(folder); // again, over what is there
        RobertaTokenizer tokenizer = RobertaTokenizer.load(folder);
        assertEquals(5, tokenizer.encode("a red ball").length());
        assertEquals(1, tokenizer.padId());
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        BytePairTrainer trainer = new BytePairTrainer();
        assertEquals(
                "vocabulary size: expected 261 (special tokens and bytes) to 1048576, got 260",
                assertThrows(IllegalArgumentException.class, () -> trainer.train(260, 2))
                        .getMessage());
        assertEquals(
                "minimum frequency: expected 1 or more, got 0",
                assertThrows(IllegalArgumentException.class, () -> trainer.train(512, 0))
                        .getMessage());
        assertThrows(TokenizerException.class, () -> trainer.add("half an emoji: \ud83d"));
    }
}
