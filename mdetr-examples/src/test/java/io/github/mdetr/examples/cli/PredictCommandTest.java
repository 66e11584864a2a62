package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictCommandTest {
    private static final String CAPTION = "a red café and a dog";

    @TempDir
    Path folder;

    private Path weights = Path.of("");

    @BeforeEach
    void write() throws IOException {
        weights = TinyModel.write(folder, "tiny.safetensors", true);
    }

    private Path image(String name, int width, int height, int seed) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, ((x * 7 + seed) << 16) | ((y * 5 + seed) << 8) | ((x * y + seed) & 0xff));
            }
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    private Run predict(Object... more) {
        List<Object> args = new ArrayList<>(List.of("predict", "--weights", weights, "--vocab", TinyModel.VOCABULARY));
        args.addAll(Arrays.asList(more));
        return Run.mdetr(args.toArray());
    }

    @Test
    void printsWhatTheLibraryFinds() throws IOException {
        Path file = image("one.png", 64, 48, 1);
        Run run = predict(
                "--image",
                file,
                "--caption",
                CAPTION,
                "--threshold",
                0,
                "--top-k",
                3,
                "--span",
                "red café",
                "--span",
                "15:20");
        assertEquals(0, run.code(), run.err());
        assertEquals(1, run.outLines().size());
        JsonNode json = new ObjectMapper().readTree(run.out());
        DetectResult expected;
        try (Mdetr model = Mdetr.load(
                weights, LoadOptions.builder().vocabulary(TinyModel.VOCABULARY).build())) {
            expected = model.detect(
                    ImageReader.of(ImageReader.Mode.SHOWN).read(file),
                    CAPTION,
                    DetectOptions.defaults().withThreshold(0).withTopK(3));
        }
        assertEquals(file.toString(), json.get("image").asText());
        assertEquals(64, json.get("size").get("width").asInt());
        assertEquals(48, json.get("size").get("height").asInt());
        assertEquals(CAPTION, json.get("caption").asText());
        assertEquals(0, json.get("warnings").size());
        assertEquals(3, json.get("detections").size());
        for (int i = 0; i < 3; i++) {
            Detection d = expected.detections().get(i);
            JsonNode got = json.get("detections").get(i);
            assertEquals(d.score(), got.get("score").floatValue());
            assertEquals(d.noObject(), got.get("noObject").floatValue());
            assertEquals(d.box().x0(), got.get("box").get("x0").floatValue());
            assertEquals(d.box().y1(), got.get("box").get("y1").floatValue());
            assertEquals(d.phrases().size(), got.get("phrases").size());
            for (JsonNode p : got.get("phrases")) {
                String verbatim =
                        CAPTION.substring(p.get("begin").asInt(), p.get("end").asInt());
                assertEquals(verbatim, p.get("text").asText());
            }
            assertEquals("red café", got.get("spans").get(0).get("text").asText());
            assertEquals("a dog", got.get("spans").get(1).get("text").asText());
        }
    }

    @Test
    void eachPhraseHasALineOfItsOwn() throws IOException {
        Path file = image("one.png", 64, 48, 1);
        Path out = folder.resolve("phrases.png");
        Run run = predict(
                "--image", file, "--phrase", "red café", "--phrase", "zebra", "--threshold", 0, "--annotate", out);
        assertEquals(0, run.code(), run.err());
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(
                List.of("red café", "zebra"),
                run.outLines().stream()
                        .map(line -> assertDoesNotThrow(() -> mapper.readTree(line))
                                .get("caption")
                                .asText())
                        .toList());
        assertTrue(Files.size(out) > 0);
        Run empty = predict("--image", file, "--phrase", "zebra", "--phrase", " ");
        assertEquals(2, empty.code());
        assertEquals(
                "mdetr predict: --phrase: expected a text that names something, got an empty one",
                empty.err().strip());
        Run spans = predict("--image", file, "--phrase", "zebra", "--span", "zebra");
        assertEquals(2, spans.code());
        assertTrue(spans.err().contains("--span: expected a --caption"), spans.err());
    }

    @Test
    void isFinalIsPrintedWhereTheModelHasThatHead() throws IOException {
        Path file = image("one.png", 64, 48, 1);
        Object[] rest = {"--image", file, "--caption", CAPTION, "--threshold", 0, "--top-k", 2};
        ObjectMapper mapper = new ObjectMapper();
        for (JsonNode d : mapper.readTree(predict(rest).out()).get("detections")) {
            assertFalse(d.has("isFinal"), d.toString());
        }
        Path more = TinyModel.writeWithIsFinal(folder, "more.safetensors");
        JsonNode found =
                mapper.readTree(run(more, TinyModel.VOCABULARY, rest).out()).get("detections");
        assertEquals(2, found.size());
        for (JsonNode d : found) {
            double p = d.get("isFinal").asDouble();
            assertTrue(p > 0 && p < 1, d.toString());
        }
    }

    @Test
    void aFolderGivesALineForEachImageAndAnnotatedCopies() throws IOException {
        image("in/b.png", 40, 30, 2);
        image("in/a.PNG", 30, 40, 3);
        Files.writeString(folder.resolve("in/notes.txt"), "no image");
        Path out = folder.resolve("out");
        Run run = predict("--image", folder.resolve("in"), "--caption", CAPTION, "--threshold", 0, "--annotate", out);
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        assertEquals(2, run.outLines().size());
        assertTrue(
                run.outLines().get(0).contains("a.PNG") && run.outLines().get(1).contains("b.png"), run.out());
        for (String name : new String[] {"a.png", "b.png"}) {
            assertTrue(ImageIO.read(out.resolve(name).toFile()).getWidth() >= 30);
        }
    }

    @Test
    void oneBadImageAmongGoodOnesIsToldAndTheOthersFollow() throws IOException {
        Path good = image("good.png", 40, 30, 4);
        byte[] bytes = Files.readAllBytes(good);
        Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(bytes, bytes.length / 2));
        Run run = predict("--image", cut, "--image", good, "--caption", CAPTION);
        assertEquals(2, run.code());
        assertEquals(1, run.outLines().size(), run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("mdetr predict: " + cut + ": "), run.err());
    }

    @Test
    void prettyIsTheSameOverSeveralLines() throws IOException {
        Path file = image("one.png", 64, 48, 1);
        Run plain = predict("--image", file, "--caption", CAPTION, "--threshold", 0);
        Run pretty = predict("--image", file, "--caption", CAPTION, "--threshold", 0, "--pretty");
        assertTrue(pretty.outLines().size() > 10);
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(mapper.readTree(plain.out()), mapper.readTree(pretty.out()));
    }

    @Test
    void captionsOfFiles() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        Path caption = Files.writeString(folder.resolve("caption.txt"), CAPTION + "\n");
        Run run = predict("--image", file, "--caption-file", caption);
        assertEquals(0, run.code(), run.err());
        assertEquals(
                CAPTION, new ObjectMapper().readTree(run.out()).get("caption").asText());
        Path large = Files.writeString(folder.resolve("large.txt"), "a dog ".repeat(1_800_000));
        String refusal = predict("--image", file, "--caption-file", large).refusal();
        assertTrue(refusal.contains("caption") && refusal.length() < 300, refusal);
        Path larger = Files.write(folder.resolve("larger.txt"), new byte[(16 << 20) + 1]);
        assertTrue(predict("--image", file, "--caption-file", larger)
                .refusal()
                .contains("larger.txt: expected a caption of at most 16.0 MiB, got more"));
        assertTrue(predict("--image", file, "--caption-file", folder)
                .refusal()
                .contains(folder + ": is a folder, expected a text"));
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {(byte) 0xff, 0x20});
        assertTrue(predict("--image", file, "--caption-file", binary)
                .refusal()
                .contains("binary.txt: not UTF-8 in line 1: byte 0xFF at offset 0"));
    }

    @Test
    void aPictureBeyondALimitNamesTheOption() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        Run pixels = predict("--image", file, "--caption", CAPTION, "--max-pixels", 1199);
        assertEquals(
                "mdetr predict: " + file
                        + ": PNG declares 40x30 pixels, over the limit of 1199; make the image smaller or"
                        + " raise --max-pixels",
                pixels.refusal());
        Run bytes = predict("--image", file, "--caption", CAPTION, "--max-bytes", 50);
        assertTrue(bytes.refusal().endsWith("over the limit of 50; save the image smaller or raise --max-bytes"));
        assertEquals(
                0,
                predict("--image", file, "--caption", CAPTION, "--max-pixels", 1200)
                        .code());
        assertTrue(predict("--image", file, "--caption", CAPTION, "--max-pixels", 0)
                .refusal()
                .contains("--max-pixels: expected 1 or more, got 0"));
    }

    @Test
    void wordsThatAreNoFilesAreRefusedInOneLine() throws IOException {
        assertTrue(predict("--image", "-", "--caption", CAPTION)
                .refusal()
                .contains("standard input and output are not used"));
        assertTrue(predict("--image", "https://example.org/a.jpg", "--caption", CAPTION)
                .refusal()
                .contains("addresses are not fetched"));
        image("photos/a.png", 40, 30, 1);
        image("photos/below/b.png", 40, 30, 1);
        Run run = predict("--image", folder.resolve("photos"), "--caption", CAPTION);
        assertEquals(1, run.outLines().size());
        assertTrue(run.err().contains("mdetr predict: note: ") && run.err().contains("add --recursive"), run.err());
        assertEquals(
                2,
                predict("--image", folder.resolve("photos"), "--recursive", "--caption", CAPTION)
                        .outLines()
                        .size());
    }

    @Test
    void charactersThatNoFontHasAreToldWhenTheyAreDrawn() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        Path drawn = folder.resolve("drawn.png");
        String ugaritic = "\uD800\uDF80";
        assumeTrue(
                Arrays.stream(GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts())
                        .noneMatch(font -> font.canDisplayUpTo(ugaritic) < 0),
                "a font here has Ugaritic letters");
        Run run = predict(
                "--image",
                file,
                "--caption",
                ugaritic + " dog",
                "--threshold",
                0,
                "--phrase-threshold",
                0,
                "--annotate",
                drawn);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("one.png: --annotate: no font here has the characters '" + ugaritic), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
    void aByteOrderMarkIsNoPartOfACaption(String charset) throws IOException {
        Path file = image("one.png", 40, 30, 1);
        byte[] text = ("\uFEFF" + CAPTION + "\r\n").getBytes(Charset.forName(charset));
        Run run = predict("--image", file, "--caption-file", Files.write(folder.resolve("caption.txt"), text));
        assertEquals(0, run.code(), run.err());
        assertEquals(
                CAPTION, new ObjectMapper().readTree(run.out()).get("caption").asText());
    }

    @Test
    void badInputIsOneLineBeforeAnythingIsLoaded() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        assertTrue(predict("--image", file, "--caption", "  ").refusal().contains("--caption"));
        assertTrue(predict("--image", file).refusal().contains("--caption"));
        assertTrue(predict("--image", folder.resolve("gone.jpg"), "--caption", CAPTION)
                .refusal()
                .contains("gone.jpg: no such file"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertTrue(predict("--image", empty, "--caption", CAPTION).refusal().contains("has no image"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--threshold", 1.5)
                .refusal()
                .contains(": --threshold: expected a value in [0, 1], got 1.5"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--phrase-threshold", 1)
                .refusal()
                .contains(": --phrase-threshold: expected a value in [0, 1), above which tokens can be, got 1.0"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--top-k", 0)
                .refusal()
                .contains(": --top-k: expected 1 or more, got 0"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--span", "a cat")
                .refusal()
                .contains("--span"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--span", "5:99")
                .refusal()
                .contains("--span"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--annotate", "out.jpg")
                .refusal()
                .contains(".png"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--annotate", file)
                .refusal()
                .contains("would replace"));
        assertTrue(predict("--image", file, "--caption", CAPTION, "--annotate", folder.resolve("no/out.png"))
                .refusal()
                .contains("there is no folder"));
    }

    @Test
    void weightsAndVocabularyMustBeThereAndFit() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        Object[] rest = {"--image", file, "--caption", CAPTION};
        assertTrue(run(folder.resolve("gone.pth"), TinyModel.VOCABULARY, rest)
                .refusal()
                .contains("gone.pth"));
        assertTrue(run(folder, TinyModel.VOCABULARY, rest).refusal().contains("a directory without an index"));
        assertTrue(run(weights, folder, rest).refusal().contains("vocab"));
        byte[] bytes = Files.readAllBytes(weights);
        Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, bytes.length - 100));
        assertTrue(run(cut, TinyModel.VOCABULARY, rest).refusal().contains("cut.safetensors"));
        Path bare = TinyModel.write(folder, "bare.safetensors", false);
        assertTrue(run(bare, TinyModel.VOCABULARY, rest).refusal().contains("nheads"));
    }

    private static Run run(Path weights, Path vocabulary, Object... rest) {
        List<Object> args = new ArrayList<>(List.of("predict", "--weights", weights, "--vocab", vocabulary));
        args.addAll(Arrays.asList(rest));
        return Run.mdetr(args.toArray());
    }

    @Test
    void annotatedFilesOfOneNameDoNotReplaceEachOther() throws IOException {
        Path a = image("x/same.png", 40, 30, 1);
        Path b = image("y/same.png", 40, 30, 2);
        Path out = folder.resolve("out");
        AnnotatedFiles files = AnnotatedFiles.prepare(out, List.of(a, b), List.of(weights));
        assertFalse(Files.exists(out));
        files.write(a, ImageIO.read(a.toFile()));
        files.write(b, ImageIO.read(b.toFile()));
        assertTrue(Files.exists(out.resolve("same.png")) && Files.exists(out.resolve("same-2.png")));
        assertFalse(Arrays.equals(
                Files.readAllBytes(out.resolve("same.png")), Files.readAllBytes(out.resolve("same-2.png"))));
    }

    @Test
    void noPictureReplacesWhatIsRead() throws IOException {
        Path a = image("a.png", 40, 30, 1);
        Path other = image("in/b.png", 40, 30, 2);
        assertRefused("would replace " + a, a, List.of(a));
        assertRefused("would replace " + a, Files.createLink(folder.resolve("link.png"), a), List.of(a));
        assertRefused("would replace " + weights, Files.createLink(folder.resolve("w.png"), weights), List.of(a));
        // the picture of in/b.png would be b.png, which is another image
        Path b = image("b.png", 40, 30, 3);
        assertRefused("would replace " + b, folder, List.of(other, b));
        Path holder = Files.createDirectories(folder.resolve("d/a.png")).resolveSibling(".");
        assertRefused("is no regular file", holder, List.of(a));
        assertRefused("is there already and not a folder", a, List.of(a, b));
    }

    private void assertRefused(String message, Path out, List<Path> images) {
        String got = assertThrows(
                        IllegalArgumentException.class, () -> AnnotatedFiles.prepare(out, images, List.of(weights)))
                .getMessage();
        assertTrue(got.startsWith("--annotate " + out + ": ") && got.contains(message), got);
    }

    /** A name of 300 characters cannot be made: it stands for whatever a disk refuses after the model has run. */
    @Test
    void aPictureThatCannotBeWrittenIsToldAndNothingStays() throws IOException {
        Path file = image("in/one.png", 40, 30, 1);
        Path target = folder.resolve("x".repeat(296) + ".png");
        Run run = predict("--image", file, "--caption", CAPTION, "--annotate", target);
        assertEquals(2, run.code());
        assertEquals(1, run.outLines().size());
        assertTrue(run.err().startsWith("mdetr predict: " + target + ": cannot be written: "), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("in"), weights), files.sorted().toList());
        }
    }

    @Test
    void anEmptyPathIsNoFolder() throws IOException {
        Path file = image("one.png", 40, 30, 1);
        String refusal =
                predict("--image", file, "--caption", CAPTION, "--annotate", "").refusal();
        assertTrue(refusal.contains("'--annotate'") && refusal.contains("expected a path, got an empty one"), refusal);
        assertTrue(Run.mdetr("inspect", "").refusal().contains("expected a path, got an empty one"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uFEFF", " \n"})
    void anEmptyCaptionFileIsNamed(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("empty.txt"), text);
        assertEquals(
                "mdetr predict: --caption-file " + file + ": expected a text that names something, got an empty one",
                predict("--image", "a.png", "--caption-file", file).refusal());
    }

    @Test
    void anEmptyImageIsNoInternalError() {
        assertEquals(
                "mdetr predict: --image: expected a path, got an empty one",
                predict("--image=", "--caption", CAPTION).refusal());
    }
}
