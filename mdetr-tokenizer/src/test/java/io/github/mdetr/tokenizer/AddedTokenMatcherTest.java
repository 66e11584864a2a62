package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is found is compared with Hugging Face in {@link EdgeCasesTest}; here, that nothing is lost or given twice. */
class AddedTokenMatcherTest {
    @Test
    void matchesAndTextTileTheWhole() {
        Random random = new Random(8);
        for (int round = 0; round < 5000; round++) {
            List<AddedToken> tokens = new ArrayList<>();
            for (int id = 0; id < 5; id++) {
                String content = letters(random, 1 + random.nextInt(3));
                if (tokens.stream().noneMatch(t -> t.content().equals(content))) {
                    tokens.add(new AddedToken(
                            content,
                            id,
                            random.nextInt(4) == 0,
                            random.nextBoolean(),
                            random.nextBoolean(),
                            false,
                            false));
                }
            }
            byte[] text = letters(random, random.nextInt(20)).getBytes(StandardCharsets.UTF_8);
            assertTiles(new AddedTokenMatcher(tokens), text);
        }
    }

    private static void assertTiles(AddedTokenMatcher matcher, byte[] text) {
        int[] done = {0};
        matcher.split(text, 0, text.length, new AddedTokenMatcher.Sink() {
            @Override
            public void text(int from, int to) {
                assertEquals(done[0], from);
                assertTrue(to > from);
                done[0] = to;
            }

            @Override
            public void token(AddedToken token, int from, int to) {
                assertTrue(matcher.mayOccurIn(text));
                assertEquals(done[0], from);
                assertTrue(to >= from);
                done[0] = to;
            }
        });
        assertEquals(text.length, done[0]);
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("ab  \u00a0é".charAt(random.nextInt(6)));
        }
        return text.toString();
    }
}
