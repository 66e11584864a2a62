package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are missing, damaged, hostile, or of another tokenizer: one line that says what and where. */
class TokenizerFilesTest {
    @TempDir
    Path folder;

    private Path vocab;
    private Path merges;
    private Path json;

    @BeforeEach
    void copyTinyVocabulary() throws IOException {
        vocab = Files.copy(TestFiles.TINY.resolve("vocab.json"), folder.resolve("vocab.json"));
        merges = Files.copy(TestFiles.TINY.resolve("merges.txt"), folder.resolve("merges.txt"));
        json = folder.resolve("other.json");
    }

    private static String error(Path path) {
        TokenizerException e = assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThrows(TokenizerException.class, () -> RobertaTokenizer.load(path)));
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().length() < 600, e.getMessage());
        return e.getMessage();
    }

    private static void assertContains(String part, String message) {
        assertTrue(message.contains(part), () -> "expected \"" + part + "\" in: " + message);
    }

    @Test
    void tokenizerJsonGivesTheSameTokenizer() throws IOException {
        Files.writeString(json, TokenizerJsonText.tiny());
        String text = "a red   cube 🚲 <mask> isn't";
        int[] expected = RobertaTokenizer.load(folder, TokenizerOptions.DEFAULT.withMaskLstrip(true))
                .encode(text)
                .ids();
        assertArrayEquals(expected, RobertaTokenizer.load(json).encode(text).ids());
        Files.move(json, folder.resolve("tokenizer.json"));
        assertArrayEquals(expected, RobertaTokenizer.load(folder).encode(text).ids());
    }

    @Test
    void mergesMayBePairs() throws IOException {
        String text = TokenizerJsonText.tiny();
        int start = text.indexOf("\"merges\"");
        String pairs = text.substring(start).replaceAll("\"(\\S+) (\\S+)\"([,\\]])", "[\"$1\",\"$2\"]$3");
        Files.writeString(json, text.substring(0, start) + pairs);
        assertArrayEquals(
                TestFiles.tiny().encode("the large cube").ids(),
                RobertaTokenizer.load(json).encode("the large cube").ids());
    }

    @Test
    void windowsLineEndsInMergesAreAccepted() throws IOException {
        Files.writeString(merges, Files.readString(merges).replace("\n", "\r\n"));
        assertEquals(
                TestFiles.tiny().vocabulary().mergeCount(),
                RobertaTokenizer.load(folder).vocabulary().mergeCount());
    }

    @Test
    void missingFiles() throws IOException {
        assertContains("no such file", error(folder.resolve("nowhere")));
        Files.delete(merges);
        assertContains("merges.txt: no such file", error(folder));
        Files.delete(vocab);
        assertContains("expected a directory with vocab.json and merges.txt or with tokenizer.json", error(folder));
        Files.createDirectory(vocab);
        Files.writeString(merges, "");
        assertContains("vocab.json: not a regular file", error(folder));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 17, 5000, 11000})
    void truncatedVocabulary(int length) throws IOException {
        Files.write(vocab, Arrays.copyOf(Files.readAllBytes(vocab), length));
        String message = error(folder);
        assertContains("vocab.json", message);
        assertContains("cut off in a download", message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 600})
    void mergesThatEndEarly(int lines) throws IOException {
        Files.write(merges, Files.readAllLines(merges).subList(0, lines));
        String message = error(folder);
        assertContains("merges.txt: its " + Math.max(0, lines - 1) + " merges make all but ", message);
        assertContains("cut off in a download", message);
    }

    @Test
    void aFewTokensMayBeMadeByNoMerge() throws IOException {
        Files.write(merges, Files.readAllLines(merges).subList(0, 700));
        assertEquals(699, RobertaTokenizer.load(folder).vocabulary().mergeCount());
    }

    @Test
    void unreadableFiles() throws IOException {
        for (Path file : List.of(merges, vocab)) {
            Files.setPosixFilePermissions(file, Set.of());
            Assumptions.assumeFalse(Files.isReadable(file), "this user reads every file");
            assertContains(file + ": permission denied; make the file readable", error(folder));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void truncatedMergesLackNothingButTheLastLineMayNotParse() throws IOException {
        Files.writeString(merges, Files.readString(merges) + "Ġoh");
        assertContains("merges.txt: line 765 is \"Ġoh\"; expected two tokens with a space between", error(folder));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1, 2]|found an array for the vocabulary (line 1); expected an object",
                "{\"a\": \"b\"}|found a string for a token's id",
                "{\"a\": 1.5}|found a fraction for a token's id",
                "{\"a\": 99999999999999999999999999}|for a token's id",
                "{\"a\": 0, \"a\": 1}|token \"a\" has two ids, 0 and 1",
                "{\"a\": 0, \"b\": 0}|id 0 stands for both \"a\" and \"b\"",
                "{\"a\": -3}|has id -3",
                "{\"a\": 2000000000}|ids without holes from 0, below 1048576",
                "{\"a\": 0} x|not valid JSON",
                "{\"a\": 0} {}|more text follows",
                "{\"<s>\": 0, \"</s>\": 1}|lacks <pad>, <unk>, <mask>; expected the vocabulary of a RoBERTa model",
            })
    void vocabulariesThatAreNone(String text, String expected) throws IOException {
        Files.writeString(vocab, text);
        assertContains(expected, error(folder));
    }

    @Test
    void mergesOfAnotherVocabulary() throws IOException {
        Files.writeString(merges, "#version: 0.2\ni n\nin stantaneous\n");
        assertContains(
                "merges.txt: merge 2 (\"in\" and \"stantaneous\") needs the token \"stantaneous\"", error(folder));
        Files.write(merges, new byte[] {'a', ' ', (byte) 0xFF, '\n'});
        assertContains("merges.txt: not UTF-8 in line 1: byte 0xFF at offset 2", error(folder));
    }

    @Test
    void aVocabJsonIsNotATokenizerJson() {
        assertContains("is loaded by its directory, or together with its merges.txt", error(vocab));
        assertContains("not valid JSON", error(merges));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\": \"BPE\"|\"type\": \"WordPiece\"|model.type is \"WordPiece\"; expected \"BPE\"",
                "\"type\": \"BPE\"|\"type\": null|found null for model.type",
                "\"dropout\": null|\"dropout\": 0.1|model.dropout is \"0.1\"; expected it switched off",
                "\"ignore_merges\": false|\"ignore_merges\": true|model.ignore_merges is \"true\"",
                "\"end_of_word_suffix\": \"\"|\"end_of_word_suffix\": \"</w>\"|model.end_of_word_suffix is \"</w>\"",
                "\"normalizer\": null|\"normalizer\": {\"type\": \"NFC\"}|normalizer is \"NFC\"; expected none",
                "\"pre_tokenizer\": {\"type\": \"ByteLevel\"|\"pre_tokenizer\": {\"type\": \"Whitespace\"|pre_tokenizer is \"Whitespace\"; expected ByteLevel, as in RoBERTa's",
                "\"use_regex\": true|\"use_regex\": false|pre_tokenizer.use_regex is false",
                "\"RobertaProcessing\"|\"BertProcessing\"|post_processor is \"BertProcessing\"; expected RobertaProcessing",
                "\"decoder\": {\"type\": \"ByteLevel\"|\"decoder\": {\"type\": \"WordPiece\"|decoder is \"WordPiece\"; expected ByteLevel",
                "\"cls\": [\"<s>\", 0]|\"cls\": [\"<s>\", 5]|post_processor.cls is \"<s>\" with id 5; expected its id 0",
                "\"cls\": [\"<s>\", 0]|\"cls\": [\"[CLS]\", 0]|post_processor.cls is \"[CLS]\" with id 0; expected a token of the vocabulary",
                "\"cls\": [\"<s>\", 0]|\"cls\": 0|post_processor.cls is \"0.0\"; expected a token and its id",
                "\"merges\": [|\"merges\": [\"a\",|merge \"a\" (line 11); expected two tokens with a space between",
                "\"merges\": [|\"merges\": [[\"i\",\"n\",\"x\"],|a merge of 3 tokens",
                "\"merges\": [|\"merges\": [[],|a merge of 0 tokens",
                "\"merges\": [|\"merges\": [7,|found an integer for a merge",
                "\"merges\": [|\"merged\": [|model is no merges",
                "\"vocab\": {|\"vocab\": [{|found an array for model.vocab",
                "\"<pad>\":|\"<pod>\":|model.vocab is without <pad>",
                "\"<pad>\":|\"<pad\\ud800>\":|has an unpaired surrogate",
                "\"model\": {|\"modem\": {|has no \"model\"",
                "\"id\": 4, \"content\": \"<mask>\"|\"id\": 5, \"content\": \"<mask>\"|added token \"<mask>\" has id 5; expected the one that the vocabulary gives it, 4",
                "\"id\": 4, \"content\": \"<mask>\"|\"id\": 4, \"content\": \"\"|an added token \"\" with id 4",
                "\"id\": 4, \"content\": \"<mask>\"|\"id\": 5000, \"content\": \"<x>\"|no token has id 1024",
            })
    void tokenizersOfAnotherKind(String original, String changed, String expected) throws IOException {
        String text = TokenizerJsonText.tiny();
        assertTrue(text.contains(original));
        Files.writeString(json, text.replace(original, changed));
        assertContains(expected, error(json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": 0", "hello"})
    void whatIsNoJsonIsToldWithoutTheParsersAdvice(String text) throws IOException {
        Files.writeString(vocab, text);
        String error = error(folder);
        assertContains("not valid JSON at line 1", error);
        assertFalse(error.contains("REDACTED") || error.contains("was expecting"), error);
    }

    @Test
    void hostileJson() throws IOException {
        Files.writeString(json, "[".repeat(1_000_000));
        assertContains("an array for the tokenizer", error(json));
        Files.writeString(json, "{\"a\":" + "[".repeat(1_000_000));
        assertContains("not valid JSON", error(json));
        Files.writeString(json, "{\"normalizer\":" + "[[],".repeat(1_000_000));
        assertContains("not valid JSON", error(json));
        Files.writeString(json, "{\"normalizer\": [" + "[],".repeat(1_000_000) + "[]]}");
        assertContains("more than 100000 settings", error(json));
        Files.writeString(json, "{\"model\": {\"vocab\": {\"" + "a".repeat(10_000_000) + "\": 1}}}");
        assertContains("exceeds the maximum allowed", error(json));
        Files.writeString(json, "{\"model\": {\"type\": \"" + "a".repeat(10_000_000) + "\"}}");
        assertContains("not valid JSON", error(json));
        Files.writeString(json, "{\"model\": {\"vocab\": {\"a\": " + "9".repeat(10_000) + "}}}");
        assertContains("not valid JSON", error(json));
        Files.write(json, new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'});
        assertContains("not UTF-8 in line 1: byte 0xC3 at offset 2", error(json));
        Files.writeString(merges, "a".repeat(10_000_000));
        assertContains("merges.txt: line 1 is \"aaa", error(folder));
    }

    @Test
    void sizeHasALimit() throws IOException {
        try (var file = Files.newByteChannel(vocab, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            file.position(JsonSource.MAX_FILE_SIZE).write(ByteBuffer.allocate(1));
        }
        assertContains("vocab.json: has 67108865 bytes; expected at most 67108864", error(folder));
    }

    /** Any bytes must give a tokenizer or one TokenizerException. */
    @Test
    void damagedFiles() throws IOException {
        byte[] good = TokenizerJsonText.tiny().getBytes(StandardCharsets.UTF_8);
        byte[] vocabBytes = Files.readAllBytes(vocab);
        byte[] mergeBytes = Files.readAllBytes(merges);
        Random random = new Random(9);
        int loaded = 0;
        for (int i = 0; i < 600; i++) {
            boolean asJson = i % 2 == 0;
            if (asJson) {
                Files.write(json, damage(good, random));
            } else {
                boolean first = random.nextBoolean();
                Files.write(vocab, first ? damage(vocabBytes, random) : vocabBytes);
                Files.write(merges, first ? mergeBytes : damage(mergeBytes, random));
            }
            try {
                RobertaTokenizer.load(asJson ? json : folder).encode("a red cube 🚲 <mask>");
                loaded++;
            } catch (TokenizerException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
        assertTrue(loaded > 0 && loaded < 500, loaded + " of 600 damaged files loaded");
    }

    private static byte[] damage(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int from = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[from] = (byte) random.nextInt();
            case 1 -> bytes = Arrays.copyOf(bytes, from);
            case 2 -> {
                int to = Math.min(bytes.length, from + random.nextInt(60));
                System.arraycopy(good, random.nextInt(bytes.length - (to - from) + 1), bytes, from, to - from);
            }
            default -> bytes[from] = (byte) "{}[]\",:0 \\".charAt(random.nextInt(10));
        }
        return bytes;
    }
}
