package io.github.mdetr.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Takes the spaces at its ends out of each token's span, as Hugging Face's {@code trim_offsets} does. That rule looks at
 * what the token spells, not at the text, which differs for added tokens (any white space they take is trimmed) and for
 * a prefix space (spelled but not in the text: its token loses the first character behind it, a quirk kept for equal
 * numbers).
 */
final class SpanTrimmer {
    private static final char SPACE = ByteAlphabet.charOf(' ');

    private SpanTrimmer() {}

    /** Trims the tokens of a text that has neither added tokens nor a prefix space: they spell what the text has. */
    static void trimPlain(TokenBuffer tokens, byte[] utf8) {
        for (int i = 0; i < tokens.size(); i++) {
            int start = tokens.start(i);
            int end = tokens.end(i);
            int trimmedStart = start;
            while (trimmedStart < end && utf8[trimmedStart] == ' ') {
                trimmedStart++;
            }
            int trimmedEnd = end;
            while (trimmedEnd > trimmedStart && utf8[trimmedEnd - 1] == ' ') {
                trimmedEnd--;
            }
            tokens.setSpan(i, trimmedStart, trimmedEnd);
        }
    }

    /** Trims the tokens of any text. */
    static void trim(TokenBuffer tokens, byte[] utf8, TokenizerDefinition definition, boolean[] isAdded) {
        for (int i = 0; i < tokens.size(); i++) {
            int id = tokens.id(i);
            int start = tokens.start(i);
            int end = tokens.end(i);
            String spelled = isAdded[id]
                    ? new String(utf8, start, end - start, StandardCharsets.UTF_8)
                    : definition.vocabulary().token(id);
            int leading = leadingSpaces(spelled);
            int trailing = trailingSpaces(spelled);
            if (leading == 1 && definition.keepFirstSpace() && (i == 0 || start == 0)) {
                leading = 0;
            }
            for (; leading > 0 && start < end; leading--) {
                start += Utf8.lengthOf(utf8[start]);
            }
            for (; trailing > 0 && end > start; trailing--) {
                end = Utf8.before(utf8, end);
            }
            tokens.setSpan(i, start, end);
        }
    }

    private static int leadingSpaces(String spelled) {
        int i = 0;
        while (i < spelled.length() && isSpace(spelled.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int trailingSpaces(String spelled) {
        int i = spelled.length();
        while (i > 0 && isSpace(spelled.charAt(i - 1))) {
            i--;
        }
        return spelled.length() - i;
    }

    private static boolean isSpace(char c) {
        return c == SPACE || CharacterClasses.of(c) == CharacterClasses.SPACE;
    }
}
