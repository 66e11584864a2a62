package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
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

    /** Two characters are often in a token, so that tokens are parts of others. */
    @Test
    void findsTheLeftmostAndOfTheseTheLongest() {
        Random random = new Random(9);
        for (int round = 0; round < 5000; round++) {
            Set<String> contents = new LinkedHashSet<>();
            for (int i = 0; i < 6; i++) {
                contents.add(letters(random, 1 + random.nextInt(6), "ab"));
            }
            String text = letters(random, random.nextInt(40), "abc");
            assertEquals(naive(contents, text), found(contents, text), () -> contents + " in " + text);
        }
    }

    private static List<String> naive(Set<String> contents, String text) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < text.length(); ) {
            int at = i;
            String longest = contents.stream()
                    .filter(content -> text.startsWith(content, at))
                    .max(Comparator.comparingInt(String::length))
                    .orElse("");
            if (!longest.isEmpty()) {
                found.add(i + longest);
            }
            i += Math.max(1, longest.length());
        }
        return found;
    }

    private static List<String> found(Set<String> contents, String text) {
        List<AddedToken> tokens =
                contents.stream().map(c -> AddedToken.special(c, 0)).toList();
        return found(new AddedTokenMatcher(tokens), text);
    }

    private static List<String> found(AddedTokenMatcher matcher, String text) {
        List<String> found = new ArrayList<>();
        matcher.split(text.getBytes(StandardCharsets.UTF_8), 0, text.length(), new AddedTokenMatcher.Sink() {
            @Override
            public void text(int from, int to) {}

            @Override
            public void token(AddedToken token, int from, int to) {
                found.add(from + token.content());
            }
        });
        return found;
    }

    @Test
    void aLongTokenThatAlmostOccursEverywhereCostsNoMoreThanTheText() {
        String almost = "a".repeat(Vocabulary.MAX_TOKEN_LENGTH - 1) + "b";
        String text = "a".repeat(RobertaTokenizer.MAX_TEXT_LENGTH);
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertEquals(
                        text.length(), found(Set.of("a", almost), text).size()));
    }

    @Test
    void whiteSpaceThatTokensShareIsPassedOnce() {
        AddedToken space = new AddedToken(" ", 0, false, true, true, false, false);
        String text = " ".repeat(RobertaTokenizer.MAX_TEXT_LENGTH);
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> found(new AddedTokenMatcher(List.of(space)), text));
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
        return letters(random, length, "ab  \u00a0é");
    }

    private static String letters(Random random, int length, String of) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(of.charAt(random.nextInt(of.length())));
        }
        return text.toString();
    }
}
