package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.training.log.JsonLinesLog;
import io.github.mdetr.nn.training.log.Metrics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

        refusal = Run.mdetr("train", "--run", parts, "--resume", "--batch", 2).refusal();
        assertTrue(refusal.contains("--batch: a run goes on with what it was started with"), refusal);
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
        refused("--size: the pictures of --world have one already", "train", "--world", "--run", run, "--size", 32);
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
        refused("--schedule STEP: the world has no epochs", "train", "--world", "--run", run, "--schedule", "step");
        refused("no parameter's name holds it", words("--weights", weights, "--run", run, "--freeze", "nothing"));
        refused("gone.safetensors", words("--weights", folder.resolve("gone.safetensors"), "--run", run));
        refused(
                "got 3 examples in 1 chunk for batches of 1000",
                words("--weights", weights, "--run", run, "--passes", 1000));
        Path config = Files.writeString(folder.resolve("c.json"), "{\"epoch\": 3}");
        refused("c.json: there is no option 'epoch'", words("--run", run, "--config", config));
        Files.writeString(config, "{\"epochs\": \"three\"}");
        refused("c.json: Invalid value for option '--epochs'", words("--run", run, "--config", config));
        Files.writeString(config, "{\"epochs\": ");
        refused("c.json: is no JSON", words("--run", run, "--config", config));
        assertFalse(Files.exists(run));
    }

    private static void refused(String expected, Object... words) {
        String refusal = Run.mdetr(words).refusal();
        assertTrue(refusal.startsWith("mdetr train: ") && refusal.contains(expected), refusal);
    }
}
