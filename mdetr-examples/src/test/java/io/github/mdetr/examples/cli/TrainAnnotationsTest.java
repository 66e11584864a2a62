package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train} and {@code evaluate-data} on annotations as people have them: the weights are those of honest ones to the bit. */
class TrainAnnotationsTest {
    private static final Path TURNED = Path.of("../mdetr-nn/src/test/resources/annotations/turned-6.png");

    @TempDir
    Path folder;

    private Path weights = Path.of("");

    /** A picture of 20x30 as stored that EXIF turns to 30x20, and one of those pixels that nothing turns. */
    @BeforeEach
    void pictures() throws IOException {
        weights = TinyModel.write(folder, "tiny.safetensors", true);
        Files.copy(TURNED, folder.resolve("turned.png"));
        BufferedImage stored = ImageIO.read(TURNED.toFile());
        BufferedImage shown = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 30; x++) {
                shown.setRGB(x, y, stored.getRGB(y, 29 - x)); // a quarter turn clockwise
            }
        }
        ImageIO.write(shown, "png", folder.resolve("plain.png").toFile());
    }

    private Path data(String name, String picture, int width, int height, String... annotations) throws IOException {
        List<String> all = new ArrayList<>();
        for (String a : annotations) {
            all.add("{\"image_id\": 1, \"tokens_positive\": [[0, 5]], " + a + "}");
        }
        return Files.writeString(
                folder.resolve(name),
                "{\"images\": [{\"id\": 1, \"file_name\": \"" + picture + "\", \"width\": " + width + ", \"height\": "
                        + height + ", \"caption\": \"white box\"}], \"annotations\": " + all + "}");
    }

    private Run train(Path data, String run, Object... more) {
        List<Object> words = new ArrayList<>(List.of(
                "train",
                "--data",
                data,
                "--images",
                folder,
                "--weights",
                weights,
                "--vocabulary",
                TinyModel.VOCABULARY,
                "--batch",
                1,
                "--steps",
                2,
                "--augment",
                "none",
                "--run",
                folder.resolve(run)));
        words.addAll(List.of(more));
        return Run.mdetr(words.toArray());
    }

    private void sameWeights(Path honest, Path other, Object... more) throws IOException {
        Run first = train(honest, "honest");
        assertEquals(0, first.code(), first.err());
        Run second = train(other, "other", more);
        assertEquals(0, second.code(), second.err());
        String weightsFile = "last.safetensors";
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("honest").resolve(weightsFile),
                        folder.resolve("other").resolve(weightsFile)));
    }

    @ParameterizedTest
    @CsvSource({
        "'[7.5, 5, 21, 17]', xyxy, 'read as [x0, y0, x1, y1] 1 of 1 lie inside; ''area'' is'",
        "'[0.25, 0.25, 0.45, 0.6]', normalized-xywh, 'the only box lies between 0 and 1'",
        "'[0.25, 0.25, 0.7, 0.85]', normalized-xyxy, 'the only box lies between 0 and 1'",
        "'[0.475, 0.55, 0.45, 0.6]', normalized-cxcywh, 'the only box lies between 0 and 1'",
    })
    void boxesOfAnotherFormatAreRefusedUntilTheyAreStated(String box, String format, String evidence)
            throws IOException {
        Path honest = data("honest.json", "plain.png", 30, 20, "\"bbox\": [7.5, 5, 13.5, 12]");
        Path wrong = data("wrong.json", "plain.png", 30, 20, "\"area\": 162, \"bbox\": " + box);
        if (format.equals("xyxy")) { // one small box does not tell; three do
            wrong = data(
                    "wrong.json",
                    "plain.png",
                    30,
                    20,
                    "\"area\": 162, \"bbox\": " + box,
                    "\"area\": 168, \"bbox\": [8, 6, 22, 18]",
                    "\"area\": 160, \"bbox\": [9, 3, 25, 13]");
            honest = data(
                    "honest.json",
                    "plain.png",
                    30,
                    20,
                    "\"bbox\": [7.5, 5, 13.5, 12]",
                    "\"bbox\": [8, 6, 14, 12]",
                    "\"bbox\": [9, 3, 16, 10]");
            evidence = evidence.replace("1 of 1", "3 of 3");
        }
        String refusal = train(wrong, "other").refusal();
        assertTrue(refusal.startsWith("mdetr train: " + wrong + ": boxes look like " + format), refusal);
        assertTrue(refusal.contains(evidence), refusal);
        assertTrue(refusal.contains("; state --boxes " + format), refusal);
        assertFalse(Files.exists(folder.resolve("other")));
        sameWeights(honest, wrong, "--boxes", format);
    }

    @Test
    void aPictureThatExifTurnsIsTrainedTheWayItsSizeIsStated() throws IOException {
        sameWeights(
                data("honest.json", "plain.png", 30, 20, "\"bbox\": [4, 3, 10, 6]"),
                data("turned.json", "turned.png", 30, 20, "\"bbox\": [4, 3, 10, 6]"));
    }

    @Test
    void theOtherWayThanStatedIsRefused() throws IOException {
        Path data = data("turned.json", "turned.png", 30, 20, "\"bbox\": [4, 3, 10, 6]");
        Run run = train(data, "other", "--orientation", "stored");
        assertEquals(2, run.code());
        assertTrue(
                run.err().contains("image 1 (turned.png): expected 30x20 pixels as the annotations say, got 20x30"),
                run.err());
        assertTrue(run.err().contains("state --orientation shown, or leave it out"), run.err());
    }

    @Test
    void boxesThatMostlyReachBeyondTheBorderAreRefusedBeforeTheRunBegins() throws IOException {
        String box = "\"bbox\": [20, 15, 80, 15]";
        Path data = data("data.json", "plain.png", 30, 20, box, box, box, "\"bbox\": [4, 3, 10, 6]");
        String refusal = train(data, "other").refusal();
        assertTrue(refusal.contains("read as [x, y, width, height] 3 of 4 reach beyond their image"), refusal);
        assertTrue(refusal.contains("; convert them, or state --boxes xywh"), refusal);
        assertFalse(Files.exists(folder.resolve("other")));
        assertTrue(evaluate(data).refusal().contains("3 of 4 reach beyond"));
        assertEquals(0, train(data, "stated", "--boxes", "xywh").code());
    }

    @Test
    void aSetWhoseBoxesAllLieOutsideSaysSo() throws IOException {
        Path data = data("data.json", "plain.png", 30, 20, "\"bbox\": [50, 40, 8, 5]");
        String none = "got none: 1 annotation is a crowd or lies outside the image";
        assertTrue(
                train(data, "other").refusal().contains(none),
                train(data, "other").refusal());
        assertTrue(evaluate(data).refusal().contains(none), evaluate(data).refusal());
    }

    @Test
    void anUnknownFormatOfBoxesNamesItsOption() throws IOException {
        Path data = data("data.json", "plain.png", 30, 20, "\"bbox\": [4, 3, 10, 6]");
        String refusal = train(data, "other", "--boxes", "foo").refusal();
        assertTrue(refusal.startsWith("mdetr train: --boxes: expected a format of boxes, one of xywh, "), refusal);
    }

    @Test
    void choicesAreListedAsTheyAreWritten() throws IOException {
        Path data = data("data.json", "plain.png", 30, 20, "\"bbox\": [4, 3, 10, 6]");
        String refusal = train(data, "other", "--orientation", "bogus").refusal();
        assertTrue(refusal.contains("'--orientation': expected one of auto, stored, shown, got 'bogus'"), refusal);
    }

    @Test
    void aRunGoesOnWithWhatWasStated() throws IOException {
        Path data = data("data.json", "plain.png", 30, 20, "\"bbox\": [0.25, 0.25, 0.45, 0.6]");
        assertEquals(0, train(data, "run", "--boxes", "NORMALIZED_XYWH").code());
        Run on = Run.mdetr("train", "--run", folder.resolve("run"), "--resume", "--steps", 3);
        assertEquals(0, on.code(), on.err());
        assertTrue(on.out().startsWith("resumed at step 2"), on.out());
    }

    /** Each of these was once a reason not to read the file. */
    @Test
    void whatABoxDoesNotNeedIsPassedOverWithOneNote() throws IOException {
        Path honest = data("honest.json", "plain.png", 30, 20, "\"bbox\": [4, 3, 10, 6]");
        Path other = data(
                "other.json",
                "plain.png",
                30,
                20,
                "\"id\": \"c33c3539-8bd1\", \"iscrowd\": 0.0, \"area\": null, \"segmentation\": {}, \"bbox\": [4, 3, 10, 6]",
                "\"id\": 7, \"bbox\": []");
        sameWeights(honest, other);
        Run run = train(other, "third");
        List<String> notes =
                run.err().lines().filter(l -> l.contains(": note: ")).toList();
        assertEquals(
                List.of("mdetr train: note: " + other
                        + ": 4 values that a box does not need are in another form (area 1, id 1, iscrowd 1, segmentation 1);"
                        + " 1 annotation without a box is left out; mdetr check-data lists them"),
                notes);
    }

    @Test
    void whatWouldBeLearnedWrongIsRefusedBeforeTheFirstStep() throws IOException {
        Path data = data("data.json", "plain.png", 30, 20, "\"id\": 5, \"bbox\": [4, 3, 10]", "\"bbox\": [4]");
        assertEquals(
                "mdetr train: " + data
                        + ": annotation 5 of image 1: bbox: expected [x, y, width, height], got 3 numbers; 1"
                        + " more error",
                train(data, "other").refusal());
        assertFalse(Files.exists(folder.resolve("other")));
    }

    @Test
    void theFileThatIsThereIsShown() throws IOException {
        Path data = data("data.json", "photos\\\\Plain.png", 30, 20, "\"bbox\": [4, 3, 10, 6]");
        String refusal = train(data, "other").refusal();
        assertTrue(
                refusal.endsWith(folder.resolve("plain.png")
                        + " is there (a path of Windows, another case, without the folder): write \"plain.png\""),
                refusal);
    }

    @Test
    void evaluationReadsAnnotationsAsTrainingDoes() throws IOException {
        Path honest = data("honest.json", "plain.png", 30, 20, "\"bbox\": [7.5, 5, 13.5, 12]");
        Path turned = data("turned.json", "turned.png", 30, 20, "\"bbox\": [0.25, 0.25, 0.45, 0.6]");
        Run first = evaluate(honest);
        assertEquals(0, first.code(), first.err());
        Run second = evaluate(turned, "--boxes", "normalized-xywh");
        assertEquals(first.out().replace("plain", "turned"), second.out());
        assertTrue(evaluate(turned).refusal().contains("boxes look like normalized-xywh"));
        assertTrue(evaluate(honest, "--orientation", "upright").refusal().contains("--orientation"));
    }

    private Run evaluate(Path data, Object... more) {
        List<Object> words = new ArrayList<>(List.of(
                "evaluate-data",
                data,
                "--images",
                folder,
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--option",
                "eval_resize=native"));
        words.addAll(List.of(more));
        return Run.mdetr(words.toArray());
    }
}
