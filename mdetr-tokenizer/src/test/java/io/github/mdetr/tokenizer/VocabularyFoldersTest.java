package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders with all that people keep in them, and what transformers makes of them (fixtures/tokenizer/vocabulary_folders.py). */
class VocabularyFoldersTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path CASES = Path.of("../fixtures/tokenizer/vocabulary-folders.json");

    @TempDir
    Path folder;

    static Stream<Arguments> read() throws IOException {
        return cases("rows");
    }

    static Stream<Arguments> refused() throws IOException {
        return cases("refused");
    }

    private static Stream<Arguments> cases(String with) throws IOException {
        JsonNode all = TestFiles.json(CASES);
        return StreamSupport.stream(all.get("cases").spliterator(), false)
                .filter(c -> c.has(with))
                .map(c -> Arguments.of(c.get("name").asText(), c, all.get("texts")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("read")
    void aFolderGivesTheIdsAndOffsetsOfTransformers(String name, JsonNode folderCase, JsonNode texts)
            throws IOException {
        write(folderCase);
        check(RobertaTokenizer.load(folder), folderCase, texts);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("read")
    void whatIsSavedIsTheSameTokenizer(String name, JsonNode folderCase, JsonNode texts) throws IOException {
        write(folderCase);
        Path saved = folder.resolve("saved");
        RobertaTokenizer.load(folder).save(saved);
        check(RobertaTokenizer.load(saved), folderCase, texts);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatIsNotReadIsRefusedByFileAndSetting(String name, JsonNode folderCase, JsonNode texts) throws IOException {
        write(folderCase);
        TokenizerException e = assertThrows(TokenizerException.class, () -> RobertaTokenizer.load(folder));
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        for (JsonNode part : folderCase.get("refused")) {
            assertTrue(e.getMessage().contains(part.asText()), () -> "expected " + part + " in: " + e.getMessage());
        }
    }

    @Test
    void aPrefixSpaceInTheConfigurationOfASharedCase() {
        Path cases = TestFiles.vocabularyCases();
        assertArrayEquals(
                new int[] {0, 342, 317, 2},
                RobertaTokenizer.load(cases.resolve("v1-prefix-space"))
                        .encode("red cube")
                        .ids());
    }

    @Test
    void anOptionSettlesWhatATokenizerJsonLeavesOpen() throws IOException {
        String text = TokenizerJsonText.tiny().replace("\"add_prefix_space\": false", "\"add_prefix_space\": true");
        Path json = Files.writeString(folder.resolve("tokenizer.json"), text);
        TokenizerException e = assertThrows(TokenizerException.class, () -> RobertaTokenizer.load(folder));
        assertTrue(e.getMessage().contains("pre_tokenizer.add_prefix_space is true"), e.getMessage());
        int[] withOption = RobertaTokenizer.load(folder, TokenizerOptions.DEFAULT.withPrefixSpace(true))
                .encode("red cube")
                .ids();
        assertArrayEquals(RobertaTokenizer.load(json).encode("red cube").ids(), withOption);
    }

    @Test
    void aConfigurationThatWasThereBeforeIsNotLeft() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_prefix_space\": true}");
        TestFiles.tiny().save(folder);
        assertArrayEquals(
                TestFiles.tiny().encode("red cube").ids(),
                RobertaTokenizer.load(folder).encode("red cube").ids());
    }

    private static void check(RobertaTokenizer tokenizer, JsonNode folderCase, JsonNode texts) {
        assertEquals(folderCase.get("pad").asInt(), tokenizer.padId(), "the id of padding");
        assertEquals(folderCase.get("size").asInt(), tokenizer.vocabSize(), "the number of tokens");
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).asText();
            Encoding encoding = tokenizer.encode(text);
            JsonNode found = MAPPER.valueToTree(List.of(encoding.ids(), encoding.codePointOffsets()));
            assertEquals(folderCase.get("rows").get(i).toString(), found.toString(), "\"" + text + "\"");
        }
    }

    /** Makes the folder of a case, as the script does. */
    private void write(JsonNode folderCase) throws IOException {
        ObjectNode vocabulary = vocabulary(folderCase.get("vocab"));
        List<String> merges = Files.readAllLines(TestFiles.TINY.resolve("merges.txt"));
        if (folderCase.has("tokenizer_json")) {
            ObjectNode json = folderCase.get("tokenizer_json").deepCopy();
            ObjectNode model = json.putObject("model").put("type", "BPE");
            model.set("vocab", vocabulary);
            model.set("merges", MAPPER.valueToTree(merges.subList(1, merges.size())));
            MAPPER.writeValue(folder.resolve("tokenizer.json").toFile(), json);
        } else {
            MAPPER.writeValue(folder.resolve("vocab.json").toFile(), vocabulary);
            Files.write(folder.resolve("merges.txt"), merges);
        }
        for (Map.Entry<String, JsonNode> file : folderCase.get("files").properties()) {
            MAPPER.writeValue(folder.resolve(file.getKey()).toFile(), file.getValue());
        }
    }

    private static ObjectNode vocabulary(JsonNode change) throws IOException {
        Map<String, String> names = new HashMap<>();
        change.path("rename")
                .forEach(pair -> names.put(pair.get(0).asText(), pair.get(1).asText()));
        Set<String> dropped = new HashSet<>();
        change.path("drop").forEach(token -> dropped.add(token.asText()));
        JsonNode tiny = TestFiles.json(TestFiles.TINY.resolve("vocab.json"));
        ObjectNode vocabulary = MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> token : tiny.properties()) {
            if (!dropped.contains(token.getKey())) {
                vocabulary.put(
                        names.getOrDefault(token.getKey(), token.getKey()),
                        (token.getValue().asInt() + change.path("rotate").asInt()) % tiny.size());
            }
        }
        return vocabulary;
    }
}
