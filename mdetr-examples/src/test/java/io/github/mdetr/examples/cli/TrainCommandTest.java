package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.log.JsonLinesLog;
import io.github.mdetr.nn.training.log.Metrics;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} on the smallest model and three pictures; what a step does is the trainer's test. */
class TrainCommandTest {
    @TempDir
    Path folder;

    private Path data;

    @BeforeEach
    void pictures() throws IOException {
        List<String> images = new ArrayList<>();
        List<String> boxes = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            ImageIO.write(
                    new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB),
                    "png",
                    folder.resolve(i + ".png").toFile());
            images.add("{\"id\":" + i + ",\"file_name\":\"" + i
                    + ".png\",\"width\":64,\"height\":48,\"caption\":\"a cat\"}");
            boxes.add("{\"id\":" + i + ",\"image_id\":" + i
                    + ",\"bbox\":[4,5,20,30],\"iscrowd\":0,\"tokens_positive\":[[2,5]]}");
        }
        data = Files.writeString(
                folder.resolve("data.json"),
                "{\"images\":[" + String.join(",", images) + "],\"annotations\":[" + String.join(",", boxes) + "]}");
    }

    private Object[] words(Object... more) throws IOException {
        List<Object> all = new ArrayList<>(List.of(
                "train",
                "--data",
                data,
                "--images",
                folder,
                "--vocabulary",
                TinyModel.VOCABULARY,
                "--batch",
                1,
                "--augment",
                "none",
                "--log-every",
                1));
        all.addAll(List.of(more));
        return all.toArray();
    }

    @Test
    void aRunIsRecordedResumedToTheBitAndNeverReplaced() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path whole = folder.resolve("whole");
        Run run = Run.mdetr(
                words("--weights", weights, "--run", whole, "--epochs", 2, "--val", data, "--freeze", "text_encoder"));
        assertEquals(0, run.code(), run.err());
        for (String file : List.of(
                "training.safetensors",
                "last.safetensors",
                "best.safetensors",
                "config.json",
                "run.json",
                "log.jsonl",
                "plots/loss.png",
                "vocabulary/vocab.json")) {
            assertTrue(Files.exists(whole.resolve(file)), file);
        }
        assertEquals(
                6,
                Files.readAllLines(whole.resolve("log.jsonl")).stream()
                        .filter(line -> line.contains("train/gradient_norm"))
                        .count());
        assertTrue(Files.readString(whole.resolve("run.json")).contains(RunFolder.hash(data)));
        String refusal = Run.mdetr(words("--weights", weights, "--run", whole)).refusal();
        assertTrue(refusal.contains("is there already, and no run replaces another"), refusal);

        // The same from its configuration file, for a part of the way and then the rest; a constant rate does not see
        // the end.
        Path parts = folder.resolve("parts");
        Path again = folder.resolve("again");
        Path config = whole.resolve("config.json");
        assertEquals(
                0,
                Run.mdetr("train", "--config", config, "--run", parts, "--steps", 3, "--schedule", "constant")
                        .code());
        Run rest = Run.mdetr("train", "--run", parts, "--resume", "--steps", 6);
        assertEquals(0, rest.code(), rest.err());
        assertEquals(
                List.of(1L, 2L, 3L, 4L, 5L, 6L),
                JsonLinesLog.read(parts.resolve("log.jsonl")).stream()
                        .filter(m -> m.values().containsKey("train/loss"))
                        .map(Metrics::step)
                        .toList());
        assertTrue(rest.out().startsWith("resumed at step 3"), rest.out());
        assertEquals(
                0,
                Run.mdetr("train", "--config", config, "--run", again, "--schedule", "constant")
                        .code());
        assertEquals(-1, Files.mismatch(again.resolve("last.safetensors"), parts.resolve("last.safetensors")));

        assertEquals(
                List.of(), rest.err().lines().filter(l -> l.startsWith("note:")).toList());
        Path record = parts.resolve("run.json");
        String arithmetic = "\"arithmetic\" : \"";
        String text = Files.readString(record);
        assertTrue(text.contains(arithmetic + "oneDNN "), text);
        Files.writeString(record, text.replace(arithmetic + "oneDNN", arithmetic + "another"));
        String note =
                Run.mdetr("train", "--run", parts, "--resume", "--steps", 6).err();
        assertTrue(note.contains("note: the run began with another ") && note.contains("goes on with oneDNN "), note);
        refusal = Run.mdetr("train", "--run", parts, "--resume", "--steps", 5).refusal();
        assertTrue(refusal.contains("come to 5 steps, the run has taken 6; give more"), refusal);
        refusal = Run.mdetr("train", "--run", parts, "--resume", "--batch", 2).refusal();
        assertTrue(refusal.contains("--batch: a run goes on with what it was started with"), refusal);
        Path moved = Files.move(parts.resolve("config.json"), folder.resolve("moved.json"));
        refusal = Run.mdetr("train", "--run", parts, "--resume").refusal();
        assertTrue(refusal.contains("config.json: is missing"), refusal);
        Files.move(moved, parts.resolve("config.json"));
        assertThrows(IllegalArgumentException.class, () -> RunFolder.open(parts, false)); // two that begin at once
        Files.writeString(data, Files.readString(data).replace("a cat", "a dog"));
        refusal = Run.mdetr("train", "--run", parts, "--resume").refusal();
        assertTrue(refusal.contains("data.json: is not what the run began with"), refusal);
    }

    @Test
    void aSizeIsThatOfSmallerPicturesAndTheWeightsTellIt() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path resized = folder.resolve("resized");
        assertEquals(
                0,
                Run.mdetr(words("--weights", weights, "--run", resized, "--steps", 1, "--size", 24))
                        .code());
        for (int i = 1; i <= 3; i++) {
            ImageIO.write(
                    new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB),
                    "png",
                    folder.resolve(i + ".png").toFile());
        }
        Files.writeString(
                data,
                Files.readString(data)
                        .replace("\"width\":64,\"height\":48", "\"width\":32,\"height\":24")
                        .replace("[4,5,20,30]", "[2,2.5,10,15]"));
        Path small = folder.resolve("small");
        assertEquals(
                0,
                Run.mdetr(words("--weights", weights, "--run", small, "--steps", 1))
                        .code());
        assertEquals(firstLoss(small), firstLoss(resized), 1e-5 * firstLoss(small));
        try (Mdetr model = Mdetr.load(
                resized.resolve("last.safetensors"),
                LoadOptions.builder().vocabulary(TinyModel.VOCABULARY).build())) {
            assertEquals(new ImageSize(32, 24), model.evaluationResize().apply(new ImageSize(64, 48)));
        }
    }

    private static double firstLoss(Path run) throws IOException {
        return JsonLinesLog.read(run.resolve("log.jsonl")).get(0).values().get("train/loss");
    }

    @Test
    void whatIsWrongIsOneLineAndLeavesNoFolder() throws IOException {
        Path run = folder.resolve("run");
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        refused("expected either --data with --images, or --world", "train", "--run", run);
        refused("expected either --data", "train", "--run", run, "--world", "--data", data);
        refused("--run", "train", "--world");
        refused("holds no training.safetensors to resume from", "train", "--run", run, "--resume");
        refused("--size: has no meaning with --world", "train", "--world", "--run", run, "--size", 32);
        refused("--size: expected 1 or more, got 0", words("--run", run, "--size", 0));
        refused(
                "--size: --augment clevr has sizes of its own; give --augment none",
                "train",
                "--data",
                data,
                "--images",
                folder,
                "--run",
                run,
                "--size",
                32,
                "--augment",
                "clevr");
        refused("--batch: expected 1 or more, got 0", "train", "--world", "--run", run, "--batch", 0);
        refused("--loaders: expected 1 or more, got 0", "train", "--world", "--run", run, "--loaders", 0);
        refused("data.json: is a file; give the name of a folder", "train", "--world", "--run", data);
        refused("--schedule STEP: the world has no epochs", "train", "--world", "--run", run, "--schedule", "step");
        refused("no parameter's name holds it", words("--weights", weights, "--run", run, "--freeze", "nothing"));
        refused("gone.safetensors", words("--weights", folder.resolve("gone.safetensors"), "--run", run));
        refused(
                "--batch 1, --passes 1000: a step takes 1000 images, an epoch of the data has 3",
                words("--weights", weights, "--run", run, "--passes", 1000));
        Path config = Files.write(
                folder.resolve("c.json"),
                "\uFEFF{\"epoch\": 3}".getBytes(StandardCharsets.UTF_16LE)); // read, with its mark
        refused("c.json: there is no option 'epoch'", words("--run", run, "--config", config));
        Files.writeString(config, "{\"epochs\": \"three\"}");
        refused("c.json: Invalid value for option '--epochs'", words("--run", run, "--config", config));
        Files.writeString(config, "{\"epochs\": 3} more");
        refused("c.json: ", words("--run", run, "--config", config));
        Files.writeString(config, "{\"images\": \"\"}");
        refused("c.json: Invalid value for option '--images'", words("--run", run, "--config", config));
        Files.writeString(config, "{\"epochs\": ");
        refused("c.json: is no JSON", words("--run", run, "--config", config));
        Files.writeString(config, "{\"" + "x".repeat(100_000) + "\": 1}"); // an error that has no line
        refused("c.json: is no JSON: Name", words("--run", run, "--config", config));
        refused(
                "--vocabulary: has no meaning with --world",
                "train",
                "--world",
                "--run",
                run,
                "--vocabulary",
                TinyModel.VOCABULARY);
        refused("--steps, --epochs: give one of them", words("--run", run, "--steps", 1, "--epochs", 1));
        refused("--val-images: has no meaning without --val", words("--run", run, "--val-images", folder));
        refused(
                "--decay: has no meaning with --schedule step",
                words("--run", run, "--schedule", "step", "--decay", 1));
        refused(
                "--drop: has no meaning with --schedule constant",
                words("--run", run, "--schedule", "constant", "--drop", 1));
        refused("--live-norms: has no meaning for the small model", words("--run", run, "--live-norms"));
        refused("--rate: expected a number of 0 or more, got NaN", words("--run", run, "--rate", "NaN"));
        refused("--evaluate-every: expected 0 or more, got -1", words("--run", run, "--evaluate-every", -1));
        refused(
                "--freeze: expected a part of parameters' names",
                words("--weights", weights, "--run", run, "--freeze", ""));
        refused("--freeze: leaves nothing to train", words("--weights", weights, "--run", run, "--freeze", "."));
        refused("--loss loss_ce: expected NAME=W", words("--run", run, "--loss", "loss_ce"));
        refused("--loss ce=1: there is no such loss; expected loss_ce", words("--run", run, "--loss", "ce=1"));
        refused(
                "--loss loss_ce=2: this loss has a weight already",
                words("--run", run, "--loss", "loss_ce=1", "--loss", "loss_ce=2"));
        refused("--decay: expected 0 to the 3 steps in all, got 4", words("--run", run, "--steps", 3, "--decay", 4));
        refused(folder + ": is a folder, expected a file of options", words("--run", run, "--config", folder));
        Path few = folder.resolve("few");
        assertEquals(
                0,
                Run.mdetr("train-tokenizer", data, "--size", 262, "--min-frequency", 1, "--out", few)
                        .code());
        List<Object> other = new ArrayList<>(List.of(words("--weights", weights, "--run", run)));
        other.set(other.indexOf("--vocabulary") + 1, few);
        refused("--vocabulary: has ", other.toArray());
        refused("--flip: has no meaning with --world", "train", "--world", "--run", run, "--flip");
        refused("--captions: has no meaning with --data", words("--weights", weights, "--run", run, "--captions", 3));
        refused(
                "is a folder, expected a file of annotations",
                words("--weights", weights, "--run", run, "--val", folder));
        String good = Files.readString(data);
        Files.writeString(data, good.replace("\"iscrowd\":0", "\"iscrowd\":1"));
        refused("--data: expected objects to learn, got none", words("--weights", weights, "--run", run));
        Files.writeString(data, good.replace("[[2,5]]", "[[2,6]]"));
        refused(
                "data.json: image 1 (1.png): annotation 1: span [2, 6) reaches beyond",
                words("--weights", weights, "--run", run));
        Files.writeString(data, good);
        Path tooLong =
                Files.writeString(folder.resolve("long.json"), good.replace("a cat", "a cat" + " cat".repeat(600)));
        refused("long.json: image 1 (1.png): caption of ", words("--weights", weights, "--run", run, "--val", tooLong));
        Files.delete(folder.resolve("2.png"));
        refused("image 2 (2.png): expected the file", words("--weights", weights, "--run", run));
        assertFalse(Files.exists(run));
        Files.createDirectory(run);
        Files.createFile(run.resolve("vocabulary"));
        refused("is not empty, and holds no run to go on with", "train", "--world", "--run", run);
    }

    @Test
    void aDamagedCheckpointIsNotResumedFrom() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.write(run.resolve("training.safetensors"), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'});
        refused(
                "training.safetensors: is damaged, and cannot be resumed from; begin another run with --weights",
                "train",
                "--run",
                run,
                "--resume");
    }

    /** What was worked out from other options is worked out again where those are given anew. */
    @Test
    void theCommandLineWinsOverAConfiguration() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path one = folder.resolve("one");
        Run run = Run.mdetr(words("--weights", weights, "--run", one, "--epochs", 1));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("done: " + one.resolve("last.safetensors")), run.out());
        Path config = one.resolve("config.json");
        assertFalse(Files.readString(config).contains("steps"), "nobody gave it");
        assertTrue(Files.readString(one.resolve("run.json")).contains("\"steps\" : 3"), "but so it was");
        Path two = folder.resolve("two");
        assertEquals(
                0,
                Run.mdetr("train", "--config", config, "--run", two, "--epochs", 2)
                        .code());
        assertEquals(6, Trainer.stepsTaken(two));
        Path steps = folder.resolve("steps");
        assertEquals(
                0,
                Run.mdetr("train", "--config", config, "--run", steps, "--steps", 4)
                        .code());
        assertEquals(4, Trainer.stepsTaken(steps));
        // the rate of 4 steps of 3 an epoch is that of 2 epochs, which fall after the second
        assertTrue(Files.readString(steps.resolve("run.json")).contains("\"drop\" : 2"), "and what follows from it");
        // the vocabulary of a run is found beside its weights
        Path next = folder.resolve("next");
        assertEquals(
                0,
                Run.mdetr(
                                "train",
                                "--data",
                                data,
                                "--images",
                                folder,
                                "--weights",
                                steps.resolve("last.safetensors"),
                                "--run",
                                next,
                                "--steps",
                                1,
                                "--augment",
                                "none",
                                "--loss",
                                "loss_bbox=0")
                        .code());
    }

    /** Only the loss that is trained counts when weights are judged. */
    @Test
    void heldOutDataAreJudgedByTheLossesThatAreTrained() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Object[] usual =
                words("--weights", weights, "--run", folder.resolve("usual"), "--steps", 1, "--rate", 0, "--val", data);
        assertEquals(0, Run.mdetr(usual).code());
        Object[] other = words(
                "--weights",
                weights,
                "--run",
                folder.resolve("other"),
                "--steps",
                1,
                "--rate",
                0,
                "--val",
                data,
                "--loss",
                "loss_giou=0");
        assertEquals(0, Run.mdetr(other).code());
        assertTrue(judged("other") < judged("usual") - 0.1, judged("other") + " " + judged("usual"));
    }

    private double judged(String run) throws IOException {
        return JsonLinesLog.read(folder.resolve(run).resolve("log.jsonl")).stream()
                .filter(m -> m.values().containsKey("eval/loss"))
                .findFirst()
                .orElseThrow()
                .values()
                .get("eval/loss");
    }

    /** A picture that goes away meanwhile: that is what is told, though plots cannot be drawn either. */
    @Test
    void plotsDoNotHideWhatWentWrong() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path run = folder.resolve("run");
        assertEquals(
                0,
                Run.mdetr(words("--weights", weights, "--run", run, "--steps", 1))
                        .code());
        try (Stream<Path> plots = Files.list(run.resolve("plots"))) {
            for (Path plot : plots.toList()) {
                Files.delete(plot);
            }
        }
        Files.delete(run.resolve("plots"));
        Files.createFile(run.resolve("plots"));
        for (int i = 1; i <= 3; i++) {
            Files.writeString(folder.resolve(i + ".png"), "no picture");
        }
        Run broken = Run.mdetr("train", "--run", run, "--resume", "--steps", 4);
        assertEquals(ErrorReport.BAD_INPUT, broken.code());
        List<String> lines = broken.err().lines().toList();
        assertTrue(lines.get(0).contains("plots: not drawn: "), broken.err());
        assertTrue(lines.get(1).startsWith("mdetr train: ") && lines.get(1).contains(".png: "), broken.err());
    }

    /** What the last steps brought and plots included, though the process is about to end. */
    @Test
    void aRunThatIsAskedToEndWritesItsLogAndDrawsItsPlots() throws IOException, InterruptedException {
        assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "signals");
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path run = folder.resolve("run");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        for (Object word : words("--weights", weights, "--run", run, "--steps", 1_000_000)) {
            command.add(word.toString());
        }
        command.set(command.indexOf("--log-every") + 1, "7");
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader out = p.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith("step 7/")) {
                    p.toHandle().destroy(); // SIGTERM
                }
            }
        }
        assertTrue(p.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(143, p.exitValue(), said.toString());
        assertTrue(Trainer.stepsTaken(run) >= 7, said.toString());
        List<Metrics> log = JsonLinesLog.read(run.resolve("log.jsonl"));
        assertEquals(Trainer.stepsTaken(run), log.get(log.size() - 1).step());
        assertTrue(Files.size(run.resolve("plots").resolve("loss.png")) > 0);
    }

    private static void refused(String expected, Object... words) {
        String refusal = Run.mdetr(words).refusal();
        assertTrue(refusal.startsWith("mdetr train: ") && refusal.contains(expected), refusal);
    }
}
