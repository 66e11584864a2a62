package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every row of the golden files, which transformers' RobertaTokenizerFast made. */
class GoldenTest {
    @Test
    void tinyVocabulary() throws IOException {
        check(TestFiles.TINY_GOLDEN, TestFiles.tiny());
    }

    @Test
    void robertaBase() throws IOException {
        check(
                TestFiles.sharedGolden().resolve("tokenizer-roberta-base.json"),
                RobertaTokenizer.load(TestFiles.robertaBase()));
    }

    private static void check(Path file, RobertaTokenizer tokenizer) throws IOException {
        JsonNode rows = TestFiles.json(file);
        for (JsonNode row : rows) {
            String text = row.get("text").asText();
            Encoding encoding = tokenizer.encode(text);
            assertArrayEquals(TestFiles.ints(row.get("ids")), encoding.ids(), text);
            assertArrayEquals(TestFiles.pairs(row.get("offsets")), encoding.codePointOffsets(), text);
            JsonNode charToToken = row.get("char_to_token");
            assertEquals(charToToken.size(), encoding.codePointIndex().codePointCount(), text);
            for (int i = 0; i < charToToken.size(); i++) {
                assertEquals(
                        charToToken.get(i).asInt(Encoding.NO_TOKEN), encoding.codePointToToken(i), text + " at " + i);
            }
            assertEquals(row.get("decoded").asText(), tokenizer.decode(encoding.ids(), true), text);
        }
        assertEquals(89, rows.size());
    }
}
