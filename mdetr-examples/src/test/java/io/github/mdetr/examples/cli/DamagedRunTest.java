package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.training.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose files were damaged, and what they come to when they go on: the same bytes as a run that was left alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedRunTest {
    private static final int STEPS = 4;

    @TempDir
    static Path folder = Path.of("");

    private Path data = Path.of("");
    private Path weights = Path.of("");
    private Path half = Path.of("");
    private Path whole = Path.of("");
    private Path run = Path.of("");

    @BeforeAll
    void runs() throws IOException {
        for (int i = 1; i <= 2; i++) {
            ImageIO.write(
                    new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB),
                    "png",
                    folder.resolve(i + ".png").toFile());
        }
        String image = "{\"id\":%d,\"file_name\":\"%d.png\",\"width\":64,\"height\":48,\"caption\":\"a cat\"}";
        String box = "{\"id\":%d,\"image_id\":%d,\"bbox\":[4,5,20,30],\"iscrowd\":0,\"tokens_positive\":[[2,5]]}";
        data = Files.writeString(
                folder.resolve("data.json"),
                "{\"images\":[" + image.formatted(1, 1) + "," + image.formatted(2, 2) + "],\"annotations\":["
                        + box.formatted(1, 1) + "," + box.formatted(2, 2) + "]}");
        weights = folder.resolve("tiny.safetensors");
        try (MdetrModel model = MdetrModel.fresh(
                ParityCase.read(TinyModel.GOLDEN, "tiny").config().toBuilder()
                        .backbone(BackboneType.RESNET18_HALF)
                        .build(),
                1,
                Mode.TRAINING)) {
            model.save(weights, Map.of());
        }
        whole = folder.resolve("whole");
        half = folder.resolve("half");
        assertEquals(0, Run.mdetr(words(whole)).code());
        stop(half);
    }

    @BeforeEach
    void copy() throws IOException {
        run = folder.resolve("run");
        copy(half, run);
    }

    private Object[] words(Path where, Object... more) {
        List<Object> all = new ArrayList<>(List.of(
                "train",
                "--data",
                data,
                "--images",
                folder,
                "--val",
                data,
                "--weights",
                weights,
                "--vocabulary",
                TinyModel.VOCABULARY,
                "--batch",
                1,
                "--augment",
                "none",
                "--freeze",
                "backbone",
                "--schedule",
                "constant",
                "--steps",
                STEPS,
                "--log-every",
                1,
                "--checkpoint-every",
                1,
                "--evaluate-every",
                2,
                "--run",
                where));
        all.addAll(List.of(more));
        return all.toArray();
    }

    /** The same as far as step 3. */
    private void stop(Path where) throws IOException {
        Object[] words = words(where);
        words[Arrays.asList(words).indexOf("--steps") + 1] = 3;
        Run three = Run.mdetr(words);
        assertEquals(0, three.code(), three.err());
    }

    private static void copy(Path from, Path to) throws IOException {
        delete(to);
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void flip(Path file, double share) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) (share * bytes.length)] ^= 0x10;
        Files.write(file, bytes);
    }

    private Run resume(Object... more) {
        List<Object> all = new ArrayList<>(List.of("train", "--run", run, "--resume", "--steps", STEPS));
        all.addAll(List.of(more));
        return Run.mdetr(all.toArray());
    }

    private static List<String> notes(Run run) {
        String begin = "mdetr train: note: ";
        return run.err()
                .lines()
                .filter(l -> l.startsWith(begin))
                .map(l -> l.substring(begin.length()))
                .toList();
    }

    private void goesOn(Run resumed, String... names) throws IOException {
        assertEquals(0, resumed.code(), resumed.err());
        for (String name : names) {
            assertEquals(-1, Files.mismatch(whole.resolve(name), run.resolve(name)), name);
        }
    }

    @Test
    void anUndisturbedResumeComesToTheSameBytes() throws IOException {
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG);
        assertEquals(List.of(), notes(resumed));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 0.5, 0.999})
    void aFlippedByteFallsBackOnTheCheckpointBefore(double share) throws IOException {
        flip(run.resolve(Trainer.STATE), share);
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST);
        assertEquals(1, notes(resumed).size(), resumed.err());
        String note = notes(resumed).get(0);
        assertTrue(note.contains(Trainer.STATE + ": ") && note.contains("falls back on " + Trainer.PREVIOUS), note);
        assertTrue(Files.exists(run.resolve("training-damaged.safetensors")));
        assertTrue(note.contains(share > 0.1 ? ": tensor '" : ": head"), note);
    }

    @Test
    void anEmptyFileFallsBack() throws IOException {
        Files.write(run.resolve(Trainer.STATE), new byte[0]);
        goesOn(resume(), Trainer.STATE, Trainer.LAST, Trainer.BEST);
    }

    @Test
    void aTruncatedFileFallsBack() throws IOException {
        byte[] bytes = Files.readAllBytes(run.resolve(Trainer.STATE));
        Files.write(run.resolve(Trainer.STATE), Arrays.copyOf(bytes, bytes.length / 2));
        goesOn(resume(), Trainer.STATE, Trainer.LAST, Trainer.BEST);
    }

    @Test
    void aMissingFileFallsBack() throws IOException {
        Files.delete(run.resolve(Trainer.STATE));
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST);
        assertTrue(notes(resumed).get(0).contains(Trainer.STATE + ": is missing"), resumed.err());
    }

    @Test
    void twoDamagedOnesAreOneLine() throws IOException {
        flip(run.resolve(Trainer.STATE), 0.5);
        flip(run.resolve(Trainer.PREVIOUS), 0.7);
        String refusal = resume().refusal();
        assertTrue(
                refusal.contains("training.safetensors: is damaged, and cannot be resumed from; begin another run with")
                        && refusal.contains(Trainer.PREVIOUS),
                refusal);
    }

    @Test
    void damagedLastWeightsAreWrittenAgain() throws IOException {
        flip(run.resolve(Trainer.LAST), 0.6);
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST);
        assertTrue(notes(resumed).get(0).contains("it is written again from the checkpoint"), resumed.err());
    }

    @Test
    void damagedBestWeightsAreSetAsideAndJudgedAnew() throws IOException {
        flip(run.resolve(Trainer.BEST), 0.6);
        Run resumed = resume();
        assertEquals(0, resumed.code(), resumed.err());
        assertTrue(notes(resumed).get(0).contains(Trainer.BEST + ": tensor '"), resumed.err());
        assertTrue(Files.exists(run.resolve("best-damaged.safetensors")));
        assertTrue(Files.exists(run.resolve(Trainer.BEST)));
    }

    @Test
    void skippingTheChecksumsTakesItAsItIs() throws IOException {
        flip(run.resolve(Trainer.STATE), 0.5);
        Run resumed = resume("--no-verify");
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(List.of(), notes(resumed));
    }

    @Test
    void damagedOptionsAreThoseOfTheCheckpoint() throws IOException {
        Files.write(run.resolve(RunFolder.CONFIG), new byte[300]);
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG);
        assertTrue(notes(resumed).get(0).contains("goes on with the options that its checkpoint keeps"), resumed.err());
    }

    @Test
    void anOptionThatChangedUnseenIsTheCheckpoints() throws IOException {
        Path config = run.resolve(RunFolder.CONFIG);
        Files.writeString(config, Files.readString(config).replace("\"batch\" : 1", "\"batch\" : 2"));
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG);
        assertTrue(notes(resumed).get(0).contains("has --batch=2 where the checkpoint keeps --batch=1"), resumed.err());
    }

    @Test
    void aDamagedVocabularyIsMadeAnew() throws IOException {
        flip(run.resolve("vocabulary").resolve("vocab.json"), 0.5);
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST, "vocabulary/vocab.json");
        assertTrue(notes(resumed).get(0).contains("vocabulary: is not what the run began with"), resumed.err());
    }

    @Test
    void aDamagedLogAndRecordAreALineEach() throws IOException {
        flip(run.resolve(RunFolder.LOG), 0.0);
        Files.write(run.resolve("run.json"), new byte[] {1, 2, 3});
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST);
        assertEquals(2, notes(resumed).size(), resumed.err());
        assertTrue(Files.exists(run.resolve("log-damaged.jsonl")));
    }

    // ---- before the first checkpoint ----

    /** As a process that is killed there leaves it. */
    private void beginning() throws IOException {
        for (String gone : List.of(Trainer.STATE, Trainer.PREVIOUS, Trainer.BEST)) {
            Files.delete(run.resolve(gone));
        }
        Files.write(run.resolve(RunFolder.LOG), new byte[0]);
        Files.writeString(run.resolve(".mdetr-1.tmp"), "half");
        Files.delete(run.resolve("run.json"));
    }

    @Test
    void aRunWithoutACheckpointBeginsAnewWithItsConfiguration() throws IOException {
        beginning();
        Run resumed = resume();
        goesOn(resumed, Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG);
        assertTrue(notes(resumed).get(0).endsWith("it begins anew, with its configuration"), resumed.err());
        assertFalse(Files.exists(run.resolve(".mdetr-1.tmp")));
    }

    @Test
    void aRunWithoutACheckpointBeginsAnewByTheSameCommand() throws IOException {
        beginning();
        Files.delete(run.resolve(RunFolder.CONFIG));
        assertTrue(resume().refusal().contains("begin it as before, without --resume"));
        Run again = Run.mdetr(words(run));
        goesOn(again, Trainer.STATE, Trainer.LAST, Trainer.BEST);
        assertTrue(notes(again).get(0).endsWith("it begins anew"), again.err());
    }

    /** The same command begins there when there is room; what had been written so far is no run to lose. */
    @ParameterizedTest
    @ValueSource(strings = {"4k", "12k", "256k"})
    void aDiskThatIsFullFromTheStartLeavesAFolderToBeginIn(String size) throws IOException, InterruptedException {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(
                mount("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()),
                "no small file system can be mounted here");
        try {
            run = disk.resolve("run");
            Run full = Run.mdetr(words(run));
            assertEquals(ErrorReport.BAD_INPUT, full.code(), full.err());
            assertEquals(1, full.err().lines().count(), full.err());
            assertTrue(mount("mount", "-o", "remount,size=512m", disk.toString()));
            Run again = Run.mdetr(words(run));
            goesOn(again, Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG);
        } finally {
            mount("umount", disk.toString());
        }
    }

    private static boolean mount(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aRunWhoseCheckpointWasTakenAwayIsNotReplaced() throws IOException {
        for (String gone : List.of(Trainer.STATE, Trainer.PREVIOUS, Trainer.BEST)) {
            Files.delete(run.resolve(gone));
        }
        assertTrue(Run.mdetr(words(run)).refusal().contains("is not empty, and holds no run to go on with"));
        assertTrue(Files.exists(run.resolve(Trainer.LAST)));
    }

    /** Somebody kept them and threw away the rest. */
    @Test
    void weightsWithoutALogAreNotTakenForABeginning() throws IOException {
        beginning();
        Files.delete(run.resolve(RunFolder.LOG));
        assertTrue(Run.mdetr(words(run)).refusal().contains("is not empty, and holds no run to go on with"));
        assertTrue(Files.exists(run.resolve(Trainer.LAST)));
    }

    @Test
    void aFolderOfOtherThingsIsNotTakenForABeginning() throws IOException {
        beginning();
        Files.writeString(run.resolve("notes.txt"), "mine");
        assertTrue(Run.mdetr(words(run)).refusal().contains("is not empty, and holds no run to go on with"));
    }
}
