package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scanner against the JDK's regular expressions, on characters whose class both know. */
class PreTokenizerTest {
    private static final Pattern PATTERN = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final String FREQUENT = "   \t\n\u00a0\u3000'''strvemdlRE1é語٣.,!\u0301";

    @Test
    void splitsAsThePatternDoes() {
        Random random = new Random(5);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(14);
            for (int i = 0; i < length; i++) {
                text.appendCodePoint(random.nextInt(10) == 0 ? anyCharacter(random) : oneOf(FREQUENT, random));
            }
            assertEquals(byPattern(text.toString()), byScanner(text.toString()), text::toString);
        }
    }

    private static int oneOf(String characters, Random random) {
        return characters.charAt(random.nextInt(characters.length()));
    }

    private static int anyCharacter(Random random) {
        while (true) {
            int c = random.nextInt(0x20000);
            int type = Character.getType(c);
            if (type != Character.SURROGATE && type != Character.UNASSIGNED) {
                return c;
            }
        }
    }

    private static List<String> byPattern(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PATTERN.matcher(text);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    private static List<String> byScanner(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        List<String> pieces = new ArrayList<>();
        int start = 0;
        while (start < utf8.length) {
            int end = PreTokenizer.next(utf8, start, utf8.length);
            pieces.add(new String(utf8, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        return pieces;
    }
}
