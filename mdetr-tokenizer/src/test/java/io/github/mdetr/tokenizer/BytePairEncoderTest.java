package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both ways of merging against the algorithm as the paper states it, written over lists of strings. */
class BytePairEncoderTest {
    private final RobertaTokenizer tokenizer = TestFiles.tiny();

    @Test
    void shortAndLongPiecesMergeAsTheAlgorithmSays() {
        Random random = new Random(3);
        String letters = "thergealinsmot";
        for (int round = 0; round < 300; round++) {
            StringBuilder piece = new StringBuilder();
            int length = 1 + random.nextInt(3 * BytePairEncoder.SHORT);
            while (piece.length() < length) {
                piece.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertArrayEquals(expected(piece.toString()), ids(piece.toString()), piece::toString);
        }
    }

    @Test
    void repeatedLettersMergeFromTheLeft() {
        for (int length = 1; length < 2 * BytePairEncoder.SHORT; length++) {
            String piece = "e".repeat(length);
            assertArrayEquals(expected(piece), ids(piece));
        }
    }

    /** Would take hours in quadratic time. */
    @Test
    void aMillionLettersWithoutASpaceTakeSeconds() {
        for (String word : List.of("the", "x", "large", "日本語", "🚲", "!", "e")) {
            String text = word.repeat(1_000_000 / word.length());
            Encoding e = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode(text));
            assertEquals(text, tokenizer.decode(e.ids(), true));
            assertEquals(text.length(), e.charEnd(e.length() - 2));
        }
    }

    private int[] ids(String piece) {
        return tokenizer
                .encode(piece, EncodeOptions.DEFAULT.withSpecialTokens(false))
                .ids();
    }

    private int[] expected(String piece) {
        List<String> symbols = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(String.valueOf(ByteAlphabet.charOf(b & 0xFF)));
        }
        Vocabulary vocabulary = tokenizer.vocabulary();
        while (true) {
            int best = vocabulary.mergeCount();
            int at = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = rank(vocabulary, symbols.get(i), symbols.get(i + 1));
                if (rank < best) {
                    best = rank;
                    at = i;
                }
            }
            if (at < 0) {
                break;
            }
            symbols.set(at, symbols.get(at) + symbols.remove(at + 1));
        }
        return symbols.stream().mapToInt(s -> vocabulary.id(s).orElseThrow()).toArray();
    }

    private static int rank(Vocabulary vocabulary, String left, String right) {
        int[] pair = {vocabulary.id(left).orElseThrow(), vocabulary.id(right).orElseThrow()};
        for (int rank = 0; rank < vocabulary.mergeCount(); rank++) {
            if (Arrays.equals(pair, new int[] {vocabulary.mergeLeft(rank), vocabulary.mergeRight(rank)})) {
                return rank;
            }
        }
        return Integer.MAX_VALUE;
    }
}
