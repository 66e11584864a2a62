package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --max-image-tokens} of the commands that run a model on pictures. */
class InputLimitOptionTest {
    @TempDir
    Path folder;

    private Path weights = Path.of("");
    private Path small = Path.of("");
    private Path large = Path.of("");

    @BeforeEach
    void write() throws IOException {
        weights = TinyModel.write(folder, "tiny.safetensors", true);
        small = image("a.png", 64, 32); // 2 tokens
        large = image("b.png", 96, 64); // 6 tokens
    }

    private Path image(String name, int width, int height) throws IOException {
        Path file = folder.resolve(name);
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        return file;
    }

    private Run predict(Object tokens) {
        return Run.mdetr(
                "predict",
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--option",
                "eval_resize=native",
                "--image",
                large,
                "--image",
                small,
                "--caption",
                "a dog",
                "--max-image-tokens",
                tokens);
    }

    @Test
    void predictNamesTheImageAndTheOptionAndGoesOn() {
        Run run = predict(5);
        assertEquals(2, run.code());
        assertEquals(1, run.outLines().size(), "the other follows");
        String expected =
                large + ": an image of 96×64 pixels would be 6 image tokens, the limit is 5 (--max-image-tokens);";
        assertTrue(run.err().contains(expected), run.err());
        assertEquals(2, predict(6).outLines().size());
    }

    @Test
    void theNumberIsAboveZero() {
        assertTrue(predict(0).refusal().contains("--max-image-tokens: expected 1 or more, got 0"));
        String refusal = Run.mdetr("serve", "--weights", "absent.pth", "--max-image-tokens", -1)
                .refusal();
        assertTrue(refusal.contains("--max-image-tokens: expected 1 or more, got -1"), refusal);
    }

    @Test
    void evaluateDataNamesTheImageAndTheOption() throws IOException {
        Path annotations = folder.resolve("test.json");
        Files.writeString(annotations, """
                {"images": [{"id": 41, "file_name": "b.png", "width": 96, "height": 64, "caption": "a dog",
                    "tokens_negative": [[0, 5]]}],
                 "annotations": [{"id": 1, "image_id": 41, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0,
                    "category_id": 1, "tokens_positive": [[2, 5]]}],
                 "categories": [{"id": 1, "name": "object"}]}
                """);
        String refusal = Run.mdetr(
                        "evaluate-data",
                        annotations,
                        "--images",
                        folder,
                        "--weights",
                        weights,
                        "--vocab",
                        TinyModel.VOCABULARY,
                        "--option",
                        "eval_resize=native",
                        "--max-image-tokens",
                        5)
                .refusal();
        assertTrue(refusal.contains("image 41 (b.png): an image of 96×64 pixels would be 6 image tokens"), refusal);
    }
}
