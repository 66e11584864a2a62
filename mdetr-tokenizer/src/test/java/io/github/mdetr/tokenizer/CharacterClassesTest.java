package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The table against the JDK, which knows an earlier Unicode: they agree wherever the JDK has the character at all. */
class CharacterClassesTest {
    @Test
    void agreesWithTheJdkOnEveryAssignedCharacter() {
        int newer = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            byte expected = expected(c);
            if (Character.getType(c) == Character.UNASSIGNED) {
                newer += CharacterClasses.of(c) == expected ? 0 : 1;
            } else {
                assertEquals(expected, CharacterClasses.of(c), Integer.toHexString(c));
            }
        }
        assertTrue(newer < 20_000, newer + " characters are newer than the JDK's Unicode");
    }

    static byte expected(int c) {
        if (Character.isLetter(c)) {
            return CharacterClasses.LETTER;
        }
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                CharacterClasses.NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                CharacterClasses.SPACE;
            default -> (c >= '\t' && c <= '\r') || c == 0x85 ? CharacterClasses.SPACE : CharacterClasses.OTHER;
        };
    }
}
