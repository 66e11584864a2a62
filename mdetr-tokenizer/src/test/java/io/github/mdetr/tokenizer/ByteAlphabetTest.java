package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ByteAlphabetTest {
    @Test
    void everyByteHasItsOwnVisibleCharacter() {
        Set<Character> letters = new HashSet<>();
        for (int b = 0; b < 256; b++) {
            char c = ByteAlphabet.charOf(b);
            assertEquals(b, ByteAlphabet.byteOf(c));
            assertEquals(false, Character.isWhitespace(c) || Character.isISOControl(c), "byte " + b);
            letters.add(c);
        }
        assertEquals(256, letters.size());
    }

    @Test
    void knownLetters() {
        assertEquals('Ġ', ByteAlphabet.charOf(' '));
        assertEquals('Ċ', ByteAlphabet.charOf('\n'));
        assertEquals('a', ByteAlphabet.charOf('a'));
        assertEquals('Ã', ByteAlphabet.charOf(0xC3));
    }

    @Test
    void otherCharactersStandForNothing() {
        assertEquals(-1, ByteAlphabet.byteOf(' '));
        assertEquals(-1, ByteAlphabet.byteOf('\u00AD'));
        assertEquals(-1, ByteAlphabet.byteOf('\u0144'));
        assertEquals(-1, ByteAlphabet.byteOf('語'));
    }
}
