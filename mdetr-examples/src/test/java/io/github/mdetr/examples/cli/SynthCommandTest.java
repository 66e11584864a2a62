package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code synth}. */
class SynthCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesPicturesAndAnnotationsAndSaysHowMany() throws IOException {
        Path out = folder.resolve("world");
        Path sheet = folder.resolve("sheet.png");
        Run run = Run.mdetr(
                "synth", "--out", out, "--scenes", 4, "--seed", -5, "--first", 30, "--size", "96x64", "--sheet", sheet);
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        assertEquals(4, run.outLines().size(), run.out());
        assertEquals(out.resolve("images") + ": 4 scenes", run.outLines().get(0));
        List<CaptionedImage> captions =
                AnnotationFile.read(out.resolve("captions.json")).images();
        assertTrue(run.outLines().contains(out.resolve("captions.json") + ": 4 entries"), run.out());
        assertEquals(
                List.of("scene-0000030.png", "scene-0000031.png", "scene-0000032.png", "scene-0000033.png"),
                captions.stream().map(CaptionedImage::fileName).toList());
        for (CaptionedImage c : captions) {
            RgbImage image = ImageReader.of(ImageReader.Mode.SHOWN)
                    .read(out.resolve("images").resolve(c.fileName()));
            assertEquals(96, image.width());
            assertEquals(64, image.height());
        }
        RgbImage all = ImageReader.of(ImageReader.Mode.SHOWN).read(sheet);
        assertEquals(4 * 96 + 3 * 4, all.width());
        assertEquals(64, all.height());
    }

    @Test
    void theSameCallGivesTheSameFiles() throws IOException {
        for (String name : List.of("a", "b")) {
            Run run = Run.mdetr("synth", "--out", folder.resolve(name), "--scenes", 3, "--seed", 8, "--fewest", 5);
            assertEquals(0, run.code(), run.err());
        }
        for (String file : List.of("captions.json", "refexp.json", "questions.json", "images/scene-0000002.png")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("a").resolve(file),
                            folder.resolve("b").resolve(file)),
                    file);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--scenes|0|--scenes: expected a number from 1 to 10000000, got 0",
                "--scenes|10000001|--scenes: expected a number from 1 to 10000000, got 10000001",
                "--scenes|many|'many' is not a long",
                "--seed|1.5|'1.5' is not a long",
                "--first|-1|--first: expected the index of a scene, 0 or more, got -1",
                "--first|9223372036854775807|--first: expected the index of a scene",
                "--size|160|--size: expected width and height as in 160x128, got '160'",
                "--size|0x0|--size: expected width and height as in 160x128, got '0x0'",
                "--size|32x32|expected sides from 64 to 2048 pixels, neither more than twice the other, got 32x32",
                "--size|99999x99999|got 99999x99999",
                "--fewest|2|expected a range within 3 to 8, got 2 to 8",
                "--most|9|expected a range within 3 to 8, got 3 to 9",
                "--out|''|expected a path, got an empty one",
            })
    void whatIsOutOfRangeIsRefusedBeforeAnythingIsWritten(String option, String value, String expected) {
        Path out = folder.resolve("world");
        String[] words = {"synth", "--out", out.toString(), "--scenes", "2", "--seed", "1", option, value};
        for (int i = 1; i < 7; i += 2) { // an option is given once
            if (words[i].equals(option)) {
                words[i + 1] = value;
                words = java.util.Arrays.copyOf(words, 7);
            }
        }
        String refusal = Run.mdetr((Object[]) words).refusal();
        assertTrue(refusal.startsWith("mdetr synth: ") && refusal.contains(expected), refusal);
        assertTrue(Files.notExists(out));
    }

    @Test
    void nothingIsReplaced() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine.txt"), "mine");
        assertTrue(synth(full).refusal().contains("full: is not empty"));
        assertTrue(synth(full.resolve("mine.txt")).refusal().contains("is a file"));
        assertTrue(synth(full.resolve("mine.txt").resolve("below")).refusal().contains("mine.txt"));
        assertEquals("mine", Files.readString(full.resolve("mine.txt")));
        assertTrue(Run.mdetr(
                        "synth",
                        "--out",
                        folder.resolve("o"),
                        "--scenes",
                        1,
                        "--seed",
                        1,
                        "--sheet",
                        full.resolve("mine.txt"))
                .refusal()
                .contains("is there already"));
        assertTrue(Run.mdetr("synth", "--scenes", 1, "--seed", 1).refusal().contains("--out"));
    }

    private static Run synth(Path out) {
        return Run.mdetr("synth", "--out", out, "--scenes", 1, "--seed", 1);
    }
}
