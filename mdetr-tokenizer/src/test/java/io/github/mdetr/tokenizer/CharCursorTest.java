package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CharCursorTest {
    private static final String TEXT = "aé語🚲🚲b\u0301é 👩‍👧x";

    @Test
    void findsTheCharsOfAByteInAnyOrder() {
        byte[] utf8 = TEXT.getBytes(StandardCharsets.UTF_8);
        CharCursor cursor = new CharCursor(utf8);
        Random random = new Random(2);
        for (int i = 0; i < 2000; i++) {
            int position = random.nextInt(utf8.length);
            assertEquals(charHolding(position), cursor.startOf(position));
            int start = charHolding(position);
            assertEquals(start + Character.charCount(TEXT.codePointAt(start)), cursor.endOf(position));
        }
        assertEquals(TEXT.length(), cursor.startOf(utf8.length));
        assertEquals(0, new CharCursor(new byte[0]).startOf(0));
    }

    private static int charHolding(int position) {
        int c = 0;
        while (true) {
            int next = TEXT.offsetByCodePoints(c, 1);
            if (TEXT.substring(0, next).getBytes(StandardCharsets.UTF_8).length > position) {
                return c;
            }
            c = next;
        }
    }
}
