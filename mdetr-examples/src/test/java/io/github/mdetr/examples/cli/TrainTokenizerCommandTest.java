package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.tokenizer.BytePairTrainer;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train-tokenizer}; what is learned is the trainer's test. */
class TrainTokenizerCommandTest {
    @TempDir
    Path folder;

    @Test
    void linesAndAnnotationsGoIntoOneVocabulary() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "a red cube\r\nthe red ball\n");
        Path json = Files.writeString(
                folder.resolve("b.JSON"),
                "{\"images\": [{\"id\": 1, \"file_name\": \"x\", \"width\": 1, \"height\": 1, \"caption\": \"a blue ball\"}]}");
        Path out = folder.resolve("new/vocabulary");
        Run run = Run.mdetr("train-tokenizer", text, json, "--size", 300, "--out", out, "--min-frequency", 1);
        assertEquals(0, run.code(), run.err());
        RobertaTokenizer tokenizer = RobertaTokenizer.load(out);
        assertEquals(
                new BytePairTrainer()
                        .add("a red cube")
                        .add("the red ball")
                        .add("a blue ball")
                        .train(300, 1)
                        .size(),
                tokenizer.vocabSize());
        assertEquals("Ġblue", tokenizer.idToToken(tokenizer.encode("a blue").id(2)));
        int merges = tokenizer.vocabulary().mergeCount();
        assertEquals(
                out + ": " + tokenizer.vocabSize() + " tokens, " + merges + " merges, from 3 captions",
                run.out().strip());
    }

    @Test
    void whatIsWrongIsOneLineAndNothingIsWritten() throws IOException {
        Path text = Files.writeString(folder.resolve("a.txt"), "a red cube\n");
        Path out = folder.resolve("out");
        refused("expected 261 (special tokens and bytes) to 1048576, got 20", text, "--size", 20, "--out", out);
        refused(
                "minimum frequency: expected 1 or more, got 0",
                text,
                "--size",
                300,
                "--out",
                out,
                "--min-frequency",
                0);
        refused("gone.txt: no such file or folder", folder.resolve("gone.txt"), "--size", 300, "--out", out);
        refused(folder + ": is a folder, expected a file of captions", folder, "--size", 300, "--out", out);
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', '\n', (byte) 0xe9, '\n'});
        refused(
                "latin.txt: not UTF-8 in line 2: byte 0xE9 at offset 2; save it as UTF-8",
                latin,
                "--size",
                300,
                "--out",
                out);
        Path empty = Files.writeString(folder.resolve("empty.txt"), "");
        refused("empty.txt: has no captions", empty, "--size", 300, "--out", out);
        refused(
                "new.json: image 1: expected 'file_name', got none",
                Files.writeString(folder.resolve("new.json"), "{\"images\": [{\"id\": 1}]}"),
                "--size",
                300,
                "--out",
                out);
        assertFalse(Files.exists(out));
        Files.createDirectory(out);
        Files.writeString(out.resolve("merges.txt"), "");
        refused("has a merges.txt already; give another folder", text, "--size", 300, "--out", out);
        Path file = Files.writeString(folder.resolve("file"), "");
        refused("file: is there already and not a folder", text, "--size", 300, "--out", file);
    }

    private static void refused(String expected, Object... args) {
        Object[] words = new Object[args.length + 1];
        words[0] = "train-tokenizer";
        System.arraycopy(args, 0, words, 1, args.length);
        String refusal = Run.mdetr(words).refusal();
        assertTrue(refusal.startsWith("mdetr train-tokenizer: ") && refusal.contains(expected), refusal);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheTexts() throws IOException {
        String captions = "red ball\nred cube\nred ball\n";
        String expected = learned(captions.getBytes(StandardCharsets.UTF_8));
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertEquals(expected, learned(("\uFEFF" + captions).getBytes(charset)), charset.name());
        }
    }

    private String learned(byte[] captions) throws IOException {
        Path file = Files.write(folder.resolve("captions.txt"), captions);
        Path out = Files.createTempDirectory(folder, "vocabulary");
        Run run = Run.mdetr("train-tokenizer", file, "--size", 300, "--out", out);
        assertEquals(0, run.code(), run.err());
        return Files.readString(out.resolve("vocab.json"));
    }
}
