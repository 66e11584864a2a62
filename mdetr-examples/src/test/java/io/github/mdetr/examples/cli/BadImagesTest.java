package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.ParityCase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do about images that cannot be read, of a hundred. */
class BadImagesTest {
    private static final int COUNT = 100;

    @TempDir
    Path folder = Path.of("");

    private Path images = Path.of("");
    private Path weights = Path.of("");

    @BeforeEach
    void write() throws IOException {
        images = Files.createDirectory(folder.resolve("images"));
        for (int i = 0; i < COUNT; i++) {
            ImageIO.write(
                    new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
                    "png",
                    images.resolve(i + ".png").toFile());
        }
        weights = folder.resolve("tiny.safetensors");
        try (MdetrModel model = MdetrModel.fresh(
                ParityCase.read(TinyModel.GOLDEN, "tiny").config().toBuilder()
                        .backbone(BackboneType.RESNET18_HALF)
                        .build(),
                1,
                Mode.TRAINING)) {
            model.save(weights, Map.of());
        }
    }

    private Path damage(int image) throws IOException {
        return Files.writeString(images.resolve(image + ".png"), "no picture");
    }

    /** Annotations with as many captions of each of so many images. */
    private Path data(String name, int count, int captions) throws IOException {
        List<String> entries = new ArrayList<>();
        List<String> objects = new ArrayList<>();
        for (int i = 0; i < count * captions; i++) {
            entries.add("{\"id\":" + i + ",\"file_name\":\"" + i % count
                    + ".png\",\"width\":8,\"height\":8,\"caption\":\"a cat\"}");
            objects.add("{\"id\":" + i + ",\"image_id\":" + i + ",\"bbox\":[1,1,4,5],\"tokens_positive\":[[2,5]]}");
        }
        return Files.writeString(
                folder.resolve(name),
                "{\"images\":[" + String.join(",", entries) + "],\"annotations\":[" + String.join(",", objects) + "]}");
    }

    private static Run command(List<Object> words, Object... more) {
        List<Object> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return Run.mdetr(all.toArray());
    }

    /** A step of so many images. */
    private Run train(Path data, int batch, Object... more) {
        List<Object> words = List.of(
                "train",
                "--data",
                data,
                "--images",
                images,
                "--weights",
                weights,
                "--vocabulary",
                TinyModel.VOCABULARY);
        List<Object> how = new ArrayList<>(words);
        how.addAll(List.of("--augment", "none", "--freeze", "backbone", "--schedule", "constant", "--steps", 1));
        how.addAll(List.of("--batch", batch, "--run", folder.resolve("run")));
        return command(how, more);
    }

    private List<JsonNode> listed() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("run").resolve(SkippedFile.NAME))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void aTrainingListsWhatItSkips() throws IOException {
        Path bad = damage(7);
        Run run = train(data("data.json", COUNT, 1), COUNT, "--bad-images", "skip");
        assertEquals(0, run.code(), run.err());
        String told = "mdetr train: note: 1 image was skipped; "
                + folder.resolve("run").resolve(SkippedFile.NAME) + " says why";
        assertTrue(run.err().lines().anyMatch(told::equals), run.err());
        List<JsonNode> listed = listed();
        assertEquals(1, listed.size());
        assertEquals("--data", listed.get(0).get("set").asText());
        assertEquals(bad.toString(), listed.get(0).get("image").asText());
        assertTrue(listed.get(0).get("reason").asText().contains("not a picture"));
    }

    @Test
    void aTrainingStopsUnlessItIsAskedToSkip() throws IOException {
        Path bad = damage(7);
        Run run = train(data("data.json", COUNT, 1), COUNT);
        assertEquals(ErrorReport.BAD_INPUT, run.code());
        assertTrue(run.err().contains(bad.toString()), run.err());
        assertFalse(Files.exists(folder.resolve("run").resolve(SkippedFile.NAME)));
    }

    /** One of fifty is 2 %, however many captions each has. */
    @Test
    void anImageOfSeveralCaptionsCountsOnce() throws IOException {
        damage(7);
        Run run = train(data("data.json", COUNT / 2, 2), COUNT, "--bad-images", "skip");
        assertEquals(ErrorReport.BAD_INPUT, run.code());
        assertTrue(run.err().contains("--data: 1 of 50 images cannot be read, more than 1 %"), run.err());
    }

    @Test
    void aTrainingSkipsWhatItIsJudgedByToo() throws IOException {
        Path bad = damage(COUNT - 1);
        Path val = data("val.json", COUNT, 1);
        Run run = train(data("data.json", 1, 1), 1, "--val", val, "--bad-images", "skip");
        assertEquals(0, run.code(), run.err());
        assertEquals(1, listed().size());
        assertEquals("--val", listed().get(0).get("set").asText());
        assertEquals(bad.toString(), listed().get(0).get("image").asText());
    }

    private Run predict(Object... more) {
        List<Object> words = List.of(
                "predict",
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--image",
                images,
                "--caption",
                "cat");
        return command(words, more);
    }

    @Test
    void predictSkipsOneInAHundred() throws IOException {
        Path bad = damage(7);
        Run run = predict("--option", "eval_resize=native", "--bad-images", "skip");
        assertEquals(0, run.code(), run.err());
        assertEquals(COUNT - 1, run.outLines().size());
        assertTrue(run.err().startsWith("mdetr predict: note: " + bad + " is skipped: "), run.err());
    }

    @Test
    void predictEndsAtTwoInAHundred() throws IOException {
        damage(7);
        damage(8);
        Run run = predict("--option", "eval_resize=native", "--bad-images", "skip");
        assertEquals(ErrorReport.BAD_INPUT, run.code());
        assertTrue(run.err().contains("--image: 2 of 100 images cannot be read, more than 1 %"), run.err());
        assertTrue(run.outLines().size() < COUNT - 2);
    }

    @Test
    void evaluationSkipsOneInAHundred() throws IOException {
        Path bad = damage(7);
        List<Object> words = List.of("evaluate-data", data("data.json", COUNT, 1), "--images", images, "--weights");
        List<Object> all = new ArrayList<>(words);
        all.addAll(List.of(weights, "--vocab", TinyModel.VOCABULARY, "--option", "eval_resize=native"));
        Run stopped = command(all);
        assertEquals(ErrorReport.BAD_INPUT, stopped.code());
        assertTrue(stopped.err().contains(bad.toString()), stopped.err());
        Run run = command(all, "--bad-images", "skip");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("objects  99"), run.out());
        assertEquals(
                1,
                run.err().lines().filter(l -> l.contains(bad + " is skipped: ")).count());
    }
}
