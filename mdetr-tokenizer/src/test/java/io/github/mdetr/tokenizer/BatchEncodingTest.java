package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchEncodingTest {
    private final RobertaTokenizer tokenizer = TestFiles.tiny();

    @Test
    void padsAsHuggingFaceDoes() throws IOException {
        JsonNode batches = TestFiles.json(TestFiles.EDGE_CASES).get("batches");
        for (JsonNode batch : batches) {
            List<String> texts = new ArrayList<>();
            batch.get(0).forEach(text -> texts.add(text.asText()));
            BatchEncoding encoded = tokenizer.encodeBatch(texts);
            assertArrayEquals(TestFiles.pairs(batch.get(1)), encoded.ids());
            assertArrayEquals(TestFiles.pairs(batch.get(2)), encoded.attentionMask());
            assertEquals(texts.size(), encoded.size());
            assertEquals(batch.get(1).get(0).size(), encoded.length());
            assertSame(encoded.encodings().get(0), encoded.get(0));
        }
        assertEquals(5, batches.size());
    }

    @Test
    void truncatesEachText() {
        BatchEncoding batch = tokenizer.encodeBatch(
                List.of("a", "a red cube and a blue cube"), EncodeOptions.DEFAULT.withMaxLength(5));
        assertEquals(5, batch.length());
        assertArrayEquals(new int[] {1, 1, 1, 0, 0}, batch.attentionMask()[0]);
        assertArrayEquals(new int[] {1, 1, 1, 1, 1}, batch.attentionMask()[1]);
    }

    @Test
    void aBatchCanBePaddedFurther() {
        BatchEncoding batch = tokenizer.encodeBatch(List.of("a", "a red cube"));
        int length = batch.length();
        BatchEncoding padded = batch.paddedTo(length + 3);
        assertEquals(length + 3, padded.length());
        for (int b = 0; b < 2; b++) {
            for (int t = 0; t < length + 3; t++) {
                assertEquals(t < length ? batch.ids()[b][t] : 1, padded.ids()[b][t]);
                assertEquals(t < length ? batch.attentionMask()[b][t] : 0, padded.attentionMask()[b][t]);
            }
        }
        assertArrayEquals(batch.ids(), batch.paddedTo(length).ids());
        assertThrows(IllegalArgumentException.class, () -> batch.paddedTo(length - 1));
    }

    @Test
    void noTextsMakeAnEmptyBatch() {
        BatchEncoding batch = tokenizer.encodeBatch(List.of());
        assertEquals(0, batch.size());
        assertEquals(0, batch.length());
        assertEquals(0, batch.ids().length);
    }

    @Test
    void anErrorNamesTheText() {
        TokenizerException e =
                assertThrows(TokenizerException.class, () -> tokenizer.encodeBatch(List.of("a", "b\ud83d")));
        assertTrue(e.getMessage().startsWith("text 1: "), e.getMessage());
    }
}
