package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate-data} beside what {@code predict} says of the same weights. */
class EvaluateDataCommandTest {
    private static final String CAPTION = "🐕 a red café"; // the dog is one character in annotations, two in Java

    @TempDir
    Path folder;

    private Path weights = Path.of("");

    @BeforeEach
    void write() throws IOException {
        weights = TinyModel.write(folder, "tiny.safetensors", true);
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                image.setRGB(x, y, (x * 4) << 16 | (y * 5) << 8 | (x * y & 0xff));
            }
        }
        ImageIO.write(image, "png", folder.resolve("one.png").toFile());
    }

    /** The box to which predict gives the highest score on the words, and another. */
    private List<JsonNode> ranked() throws IOException {
        Run run = Run.mdetr(
                "predict",
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--option",
                "eval_resize=native",
                "--image",
                folder.resolve("one.png"),
                "--caption",
                CAPTION,
                "--span",
                "red café",
                "--threshold",
                0);
        assertEquals(0, run.code(), run.err());
        List<JsonNode> found = new ArrayList<>();
        new ObjectMapper().readTree(run.out()).get("detections").forEach(found::add);
        found.sort((a, b) -> Double.compare(score(b), score(a)));
        return found;
    }

    private static double score(JsonNode detection) {
        return detection.get("spans").get(0).get("score").asDouble();
    }

    private static String bbox(JsonNode detection) {
        JsonNode b = detection.get("box");
        double x0 = Math.max(0, b.get("x0").asDouble());
        double y0 = Math.max(0, b.get("y0").asDouble());
        return String.format(
                Locale.ROOT,
                "[%s,%s,%s,%s]",
                x0,
                y0,
                b.get("x1").asDouble() - x0,
                b.get("y1").asDouble() - y0);
    }

    private Path data(String... boxes) throws IOException {
        List<String> annotations = new ArrayList<>();
        for (int i = 0; i < boxes.length; i++) {
            annotations.add("{\"id\":" + i + ",\"image_id\":1,\"bbox\":" + boxes[i]
                    + ",\"iscrowd\":0,\"tokens_positive\":[[4,12]]}");
        }
        return Files.writeString(
                folder.resolve("data.json"),
                "{\"images\":[{\"id\":1,\"file_name\":\"one.png\",\"width\":64,\"height\":48,\"caption\":\"" + CAPTION
                        + "\"}],\"annotations\":[" + String.join(",", annotations) + "]}");
    }

    private Run evaluate(Object... more) {
        List<Object> words = new ArrayList<>(List.of(
                "evaluate-data",
                folder.resolve("data.json"),
                "--images",
                folder,
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--option",
                "eval_resize=native"));
        words.addAll(Arrays.asList(more));
        return Run.mdetr(words.toArray());
    }

    @Test
    void theBoxOfItsWordsIsComparedWithTheAnnotation() throws IOException {
        List<JsonNode> ranked = ranked();
        data(bbox(ranked.get(0)));
        Path sheet = folder.resolve("sheet.png");
        Run run = evaluate("--at-least", 0.99, "--annotate", sheet);
        assertEquals(0, run.code(), run.err());
        assertEquals("image 1 (one.png): " + CAPTION, run.outLines().get(0));
        assertTrue(run.outLines().get(1).matches("  (1\\.000|0\\.99\\d)  red café"), run.out());
        assertTrue(run.out().contains("≥ 0.9    1 of 1"), run.out());
        BufferedImage drawn = ImageIO.read(sheet.toFile());
        assertEquals(240, drawn.getWidth());

        data("[0,0,2,2]");
        run = evaluate("--at-least", 0.5);
        assertEquals(1, run.code(), run.out());
        assertTrue(run.out().contains("≥ 0.9    0 of 1"), run.out());
    }

    /** The second box reaches beyond the image, where annotations are cut: its IoU is not quite 1. */
    @Test
    void aPhraseOfSeveralObjectsHasAsManyBoxes() throws IOException {
        List<JsonNode> ranked = ranked();
        data(bbox(ranked.get(1)), bbox(ranked.get(0)));
        assertEquals(0, evaluate("--at-least", 0.9).code());
        data(bbox(ranked.get(1)));
        assertEquals(1, evaluate("--at-least", 0.9).code());
    }

    @Test
    void whatIsWrongIsOneLine() throws IOException {
        data("[0,0,2,2]");
        refused("--at-least: expected a number from 0 to 1, got 2.0", evaluate("--at-least", 2));
        refused("expected a name that ends in .png", evaluate("--annotate", folder.resolve("sheet.gif")));
        Files.writeString(folder.resolve("data.json"), "{\"images\":[],\"annotations\":[]}");
        refused("has no images; expected one or more", evaluate());
        Files.delete(folder.resolve("data.json"));
        refused("data.json", evaluate());
    }

    private static void refused(String expected, Run run) {
        String refusal = run.refusal();
        assertTrue(refusal.startsWith("mdetr evaluate-data: ") && refusal.contains(expected), refusal);
    }
}
