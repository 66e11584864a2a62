package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decoding of bytes that are no UTF-8 is compared with Hugging Face in {@link EdgeCasesTest}. */
class Utf8Test {
    @Test
    void everyCharacterIsThereAndBack() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                continue;
            }
            String text = Character.toString(c);
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            assertArrayEquals(utf8, Utf8.encode(text));
            assertEquals(c, Utf8.codePointAt(utf8, 0));
            assertEquals(utf8.length, Utf8.lengthOf(utf8[0]));
            assertEquals(0, Utf8.before(utf8, utf8.length));
            assertEquals(text, Utf8.decode(utf8));
        }
    }

    @ParameterizedTest(name = "{index}")
    @CsvSource({
        "\ud83d, 0",
        "\udeb2, 0",
        "ab\ud83dc, 2",
        "é\udeb2, 1",
        "é\ud83d, 1",
        "??\ud83d, 2",
        "\ud83d\ud83d\udeb2, 0",
        "\ud83d\udeb2\udeb2, 2"
    })
    void anUnpairedSurrogateIsAnErrorThatSaysWhere(String text, int index) {
        TokenizerException e = assertThrows(TokenizerException.class, () -> Utf8.encode(text));
        assertTrue(e.getMessage().contains("at char " + index + " of " + text.length()), e.getMessage());
    }
}
