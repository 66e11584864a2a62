package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Wherever picture files are read, their size has a limit that is an option and is named when it is hit. */
class PictureLimitsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"predict", "train", "evaluate-data", "check-data", "serve"})
    void commandsThatReadPicturesHaveTheOptions(String command) {
        CommandLine.Model.CommandSpec spec = new CommandLine(new MdetrCommand())
                .getSubcommands()
                .get(command)
                .getCommandSpec();
        assertNotNull(spec.findOption("--max-pixels"));
        assertNotNull(spec.findOption("--max-bytes"));
    }

    @Test
    void aPictureOfAnnotationsBeyondALimitNamesTheOption() throws IOException {
        ImageIO.write(
                new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB),
                "png",
                folder.resolve("a.png").toFile());
        Path file = Files.writeString(folder.resolve("a.json"), """
                {"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30, "caption": "a red cube"}],
                 "annotations": [{"id": 1, "image_id": 1, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0,
                                  "category_id": 1, "tokens_positive": [[2, 10]]}], "categories": []}
                """);
        Run within = Run.mdetr("check-data", file, "--images", folder, "--max-pixels", 1200);
        assertFalse(within.out().contains("max-pixels"), within.out());
        Run beyond = Run.mdetr("check-data", file, "--images", folder, "--max-pixels", 1199);
        assertTrue(
                beyond.out().contains("over the limit of 1199; make the image smaller or raise --max-pixels"),
                beyond.out());
        Run json = Run.mdetr("check-data", file, "--images", folder, "--max-bytes", 20, "--json");
        assertTrue(json.out().contains("save the image smaller or raise --max-bytes"), json.out());
        assertEquals(
                "mdetr check-data: --max-bytes: expected 1 or more, got 0",
                Run.mdetr("check-data", file, "--images", folder, "--max-bytes", 0)
                        .refusal());
    }
}
