package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Awkward texts and settings, with what Hugging Face makes of them (fixtures/tokenizer/edge_cases.py). */
class EdgeCasesTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void textsEncodeAndDecodeAsInHuggingFace() throws IOException {
        List<String> differences = new ArrayList<>();
        int rows = 0;
        for (JsonNode group : TestFiles.json(TestFiles.EDGE_CASES).get("groups")) {
            RobertaTokenizer tokenizer = load(group);
            EncodeOptions options = group.has("max_length")
                    ? EncodeOptions.DEFAULT.withMaxLength(
                            group.get("max_length").asInt())
                    : EncodeOptions.DEFAULT;
            for (JsonNode row : group.get("rows")) {
                rows++;
                String expected = row.toString();
                String found = row(tokenizer, row.get(0).asText(), options).toString();
                if (!found.equals(expected)) {
                    differences.add(group.get("name").asText() + "\n expected " + expected + "\n found    " + found);
                }
            }
        }
        assertTrue(rows > 1900, rows + " rows");
        assertEquals(List.of(), differences, differences.size() + " of " + rows + " rows differ");
    }

    @Test
    void idsInAnyOrderDecodeAsInHuggingFace() throws IOException {
        RobertaTokenizer tokenizer = TestFiles.tiny();
        JsonNode rows = TestFiles.json(TestFiles.EDGE_CASES).get("decoded");
        for (JsonNode row : rows) {
            int[] ids = TestFiles.ints(row.get(0));
            assertEquals(row.get(1).asText(), tokenizer.decode(ids), Arrays.toString(ids));
            assertEquals(row.get(2).asText(), tokenizer.decode(ids, true), Arrays.toString(ids));
        }
        assertTrue(rows.size() > 500);
    }

    private static JsonNode row(RobertaTokenizer tokenizer, String text, EncodeOptions options) {
        Encoding e = tokenizer.encode(text, options);
        int[] tokens = new int[text.codePointCount(0, text.length())];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = e.codePointToToken(i);
        }
        return MAPPER.valueToTree(List.of(
                text,
                e.ids(),
                e.codePointOffsets(),
                tokens,
                tokenizer.decode(e.ids()),
                tokenizer.decode(e.ids(), true)));
    }

    private RobertaTokenizer load(JsonNode group) throws IOException {
        if (group.has("added_tokens")) {
            return RobertaTokenizer.load(tokenizerJson(group));
        }
        JsonNode options = group.get("options");
        return RobertaTokenizer.load(
                TestFiles.TINY,
                TokenizerOptions.DEFAULT
                        .withPrefixSpace(options.path("addPrefixSpace").asBoolean())
                        .withMaskLstrip(options.path("maskLstrip").asBoolean()));
    }

    /** The tokenizer.json of a group that states added tokens. */
    private Path tokenizerJson(JsonNode group) throws IOException {
        ObjectNode json = (ObjectNode) MAPPER.readTree(TokenizerJsonText.tiny());
        json.set("added_tokens", group.get("added_tokens"));
        ((ObjectNode) json.get("pre_tokenizer")).set("add_prefix_space", group.get("add_prefix_space"));
        ((ObjectNode) json.get("post_processor")).set("add_prefix_space", group.get("add_prefix_space"));
        ((ObjectNode) json.get("post_processor")).set("trim_offsets", group.get("trim_offsets"));
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, json.toString(), StandardCharsets.UTF_8);
        return file;
    }
}
