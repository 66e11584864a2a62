package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class VocabularyTest {
    private final Vocabulary.Builder builder = Vocabulary.builder("mine");

    private void addBytes() {
        for (int b = 0; b < 256; b++) {
            builder.token(String.valueOf(ByteAlphabet.charOf(b)), b);
        }
    }

    private static void assertError(String expected, Executable action) {
        TokenizerException e = assertThrows(TokenizerException.class, action);
        assertTrue(e.getMessage().startsWith("mine: ") && e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void keepsTokensMergesAndAddedTokens() {
        addBytes();
        Vocabulary vocabulary = builder.token("ab", 256)
                .merge("a", "b")
                .addedToken(AddedToken.special("<s>", 257))
                .build();
        assertEquals(258, vocabulary.size());
        assertEquals("ab", vocabulary.token(256));
        assertEquals(OptionalInt.of(257), vocabulary.id("<s>"));
        assertEquals(OptionalInt.empty(), vocabulary.id("abc"));
        assertEquals(1, vocabulary.mergeCount());
        assertEquals('a', vocabulary.mergeLeft(0));
        assertEquals('b', vocabulary.mergeRight(0));
        assertEquals(256, vocabulary.mergeResult(0));
        assertEquals(1, vocabulary.addedTokens().size());
    }

    @Test
    void whatIsAddedToTheBuilderAfterwardsDoesNotChangeIt() {
        addBytes();
        Vocabulary vocabulary = builder.build();
        builder.token("ab", 256);
        assertEquals(OptionalInt.empty(), vocabulary.id("ab"));
        assertEquals(OptionalInt.of(256), builder.build().id("ab"));
        assertEquals(OptionalInt.empty(), vocabulary.id("ab"));
    }

    @Test
    void idsOutsideAreErrors() {
        addBytes();
        Vocabulary vocabulary = builder.build();
        assertEquals(
                "token id 256 is outside the vocabulary, which has ids 0 to 255",
                assertThrows(IndexOutOfBoundsException.class, () -> vocabulary.token(256))
                        .getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> vocabulary.token(-1));
    }

    @Test
    void aTokenOrIdThatIsTakenIsAnError() {
        builder.token("a", 0);
        assertError("token \"a\" has two ids, 0 and 1", () -> builder.token("a", 1));
        assertError("id 0 stands for both \"a\" and \"b\"", () -> builder.token("b", 0));
    }

    @Test
    void idsOutOfRangeAreErrors() {
        assertError("token \"a\" has id -1", () -> builder.token("a", -1));
        assertError("below 1048576", () -> builder.token("a", Vocabulary.MAX_SIZE));
        assertError("has id 9223372036854775807", () -> builder.token("a", Long.MAX_VALUE));
    }

    @Test
    void aTokenOfNoOrTooManyCharsIsAnError() {
        assertError("has 0 chars", () -> builder.token("", 0));
        assertError("has 4097 chars", () -> builder.token("a".repeat(4097), 0));
    }

    @Test
    void aTokenThatIsNoTextIsAnError() {
        assertError("token \"a\\ud83d\" has an unpaired surrogate", () -> builder.token("a\ud83d", 0));
    }

    @Test
    void addedTokensHaveALimitTogether() {
        for (int id = 0; id < 64; id++) {
            builder.addedToken(AddedToken.special((char) (0x4E00 + id) + "x".repeat(4095), id));
        }
        assertError("more than 262144 chars together", () -> builder.addedToken(AddedToken.special("y", 64)));
    }

    @Test
    void aHoleAmongTheIdsIsAnError() {
        addBytes();
        builder.token("ab", 300);
        assertError("no token has id 256, the largest is 300", builder::build);
    }

    @Test
    void aByteWithoutATokenIsAnError() {
        builder.token("a", 0);
        assertError("byte 0x00 (\"Ā\") has no token", builder::build);
    }

    @Test
    void mergesMustStayInTheVocabulary() {
        addBytes();
        builder.token("ab", 256).merge("a", "b").merge("ab", "xy");
        assertError("merge 2 (\"ab\" and \"xy\") needs the token \"xy\", which mine lacks", builder::build);
    }

    @Test
    void mergesMustMakeATokenOfTheVocabulary() {
        addBytes();
        builder.merge("a", "b");
        assertError("merge 1 (\"a\" and \"b\") needs the token \"ab\"", builder::build);
    }

    @Test
    void aMergeListedTwiceIsAnError() {
        addBytes();
        builder.token("ab", 256).merge("a", "b").merge("a", "b");
        assertError("merge 2 (\"a\" and \"b\") is listed a second time", builder::build);
    }

    @Test
    void anAddedTokenMustAgreeWithTheVocabulary() {
        addBytes();
        assertError(
                "added token \"a\" has id 5; expected the one that the vocabulary gives it, 97",
                () -> builder.addedToken(AddedToken.special("a", 5)));
        assertError("id 5 stands for both", () -> builder.addedToken(AddedToken.special("<new>", 5)));
        builder.addedToken(AddedToken.special("a", 'a'));
        assertError("added token \"a\" is listed twice", () -> builder.addedToken(AddedToken.special("a", 'a')));
    }
}
