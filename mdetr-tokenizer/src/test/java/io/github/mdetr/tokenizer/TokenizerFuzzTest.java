package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Vocabularies and texts of any bytes: ids or one typed error, in bounded time and memory. */
class TokenizerFuzzTest {
    private static final String TEXT = "A  pink elephant's 2 <mask>\tears, caf\u00e9 \ud83d\ude00";
    private static final byte SPLIT = 0;
    private static final long FREE_BYTES = 64 << 20;
    private static final int MULTIPLE = 400;
    private static final long SECONDS = 5;
    private static final int ATTEMPTS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final RobertaTokenizer TINY = TestFiles.tiny();

    @TempDir
    static Path folder;

    @MethodSource
    @FuzzTest
    void tokenizerJson(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("tokenizer.json"), bytes);
        use(bytes.length, () -> RobertaTokenizer.load(file));
    }

    static Stream<byte[]> tokenizerJson() throws IOException {
        return Stream.of(TokenizerJsonText.tiny().getBytes(StandardCharsets.UTF_8));
    }

    /** {@code tokenizer_config.json}, a zero byte, {@code added_tokens.json}, beside a vocabulary. */
    @MethodSource
    @FuzzTest
    void folderSettings(byte[] bytes) throws IOException {
        int split = 0;
        while (split < bytes.length && bytes[split] != SPLIT) {
            split++;
        }
        Path beside = Files.createDirectories(folder.resolve("beside"));
        for (String name : List.of("vocab.json", "merges.txt")) {
            Files.copy(TestFiles.TINY.resolve(name), beside.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(beside.resolve("tokenizer_config.json"), Arrays.copyOf(bytes, split));
        Files.write(
                beside.resolve("added_tokens.json"),
                Arrays.copyOfRange(bytes, Math.min(split + 1, bytes.length), bytes.length));
        use(bytes.length, () -> RobertaTokenizer.load(beside));
    }

    static Stream<byte[]> folderSettings() {
        return Stream.of(
                        "{\"tokenizer_class\": \"RobertaTokenizer\", \"add_prefix_space\": true, \"mask_token\": {\"content\":"
                                + " \"<mask>\", \"lstrip\": true}, \"pad_token\": null, \"extra_special_tokens\": [\"<x>\"]}\0"
                                + "{\"<y>\": 1024}",
                        "{\"added_tokens_decoder\": {\"4\": {\"content\": \"<mask>\", \"special\": true}}}\0{}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code vocab.json}, a zero byte, {@code merges.txt}. */
    @MethodSource
    @FuzzTest
    void vocabularyAndMerges(byte[] bytes) throws IOException {
        int split = 0;
        while (split < bytes.length && bytes[split] != SPLIT) {
            split++;
        }
        Path vocab = Files.write(folder.resolve("vocab.json"), Arrays.copyOf(bytes, split));
        Path merges = Files.write(
                folder.resolve("merges.txt"),
                Arrays.copyOfRange(bytes, Math.min(split + 1, bytes.length), bytes.length));
        use(bytes.length, () -> RobertaTokenizer.load(vocab, merges));
    }

    static Stream<byte[]> vocabularyAndMerges() throws IOException {
        String files = Files.readString(TestFiles.TINY.resolve("vocab.json"))
                + (char) SPLIT
                + Files.readString(TestFiles.TINY.resolve("merges.txt"));
        return Stream.of(files.getBytes(StandardCharsets.UTF_8));
    }

    /** Every text has ids, which give it back. */
    @MethodSource
    @FuzzTest
    void text(byte[] bytes) {
        // two bytes a character: lone surrogates come too
        String text = new String(bytes, StandardCharsets.UTF_16BE);
        Encoding encoding = TINY.encode(text);
        for (int i = 0; i < encoding.ids().length; i++) {
            assertTrue(encoding.ids()[i] < TINY.vocabSize());
        }
        String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        if (wellFormed.equals(text) && !text.contains("<")) {
            assertEquals(text, TINY.decode(encoding.ids(), true));
        }
    }

    static Stream<byte[]> text() {
        return Stream.of(TEXT.getBytes(StandardCharsets.UTF_16BE));
    }

    /** Again where it took too much: the first run may load classes. */
    private static void use(int length, Supplier<RobertaTokenizer> source) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long cpu = THREADS.getCurrentThreadCpuTime();
            try {
                RobertaTokenizer tokenizer = source.get();
                tokenizer.decode(tokenizer.encode(TEXT).ids(), false);
            } catch (TokenizerException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
            long seconds = (THREADS.getCurrentThreadCpuTime() - cpu) / 1_000_000_000L;
            long used = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            boolean bounded = seconds < SECONDS && used < FREE_BYTES + (long) MULTIPLE * length;
            if (bounded) {
                return;
            }
            assertTrue(attempt < ATTEMPTS, seconds + " s of the processor, " + used + " bytes allocated for " + length);
        }
    }
}
