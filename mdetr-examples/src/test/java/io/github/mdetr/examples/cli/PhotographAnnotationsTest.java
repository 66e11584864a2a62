package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The annotations of the eight photographs that the training guide overfits. The photographs are not committed. */
class PhotographAnnotationsTest {
    private static final Path FILE = Path.of("..", "docs", "overfit", "annotations.json");

    /** With an object of two tokens, or two of one token, the losses could not come near 0 for their entropy. */
    @Test
    void everyObjectHasATokenOfItsOwn(@TempDir Path folder) throws IOException {
        Path vocabulary = folder.resolve("vocabulary");
        assertEquals(
                0,
                Run.mdetr("train-tokenizer", FILE, "--size", 1000, "--min-frequency", 1, "--out", vocabulary)
                        .code());
        RobertaTokenizer tokenizer = RobertaTokenizer.load(vocabulary);
        AnnotationFile file = AnnotationFile.read(FILE);
        assertEquals(8, file.images().size());
        for (CaptionedImage image : file.images()) {
            int[][] offsets = tokenizer.encode(image.caption()).codePointOffsets();
            Set<Integer> taken = new HashSet<>();
            for (Annotation a : image.annotations()) {
                CodePointSpan span = a.tokensPositive().get(0);
                int[][][] spans = {{{span.begin(), span.end()}}};
                float[] map = PositiveMap.of(PositiveMap.Kind.BINARY, offsets, spans)[0];
                float tokens = 0;
                for (int t = 0; t < map.length; t++) {
                    tokens += map[t];
                    assertTrue(map[t] == 0 || taken.add(t), image.caption());
                }
                assertEquals(1, tokens, image.caption());
            }
            assertTrue(taken.size() >= 2 && taken.size() <= 4, image.caption());
        }
    }

    @Test
    void theyFitThePhotographs() {
        Run run = Run.mdetr("check-data", FILE, "--images", photographs());
        assertEquals(0, run.code(), run.out());
        assertTrue(run.out().contains("entries    8, of 8 different images"), run.out());
        assertTrue(run.outLines().contains("errors     none"), run.out());
        // One is stored upside down, and its boxes are drawn on it as stored.
        assertTrue(
                run.outLines().contains("notes      1: 1 × picture turned by EXIF, which its size does not tell"),
                run.out());
    }

    /** {@code -Dmdetr.images=DIR}, else a folder beside the checkout; skips the test where there is none. */
    private static Path photographs() {
        String given = System.getProperty("mdetr.images");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve("data").resolve("images");
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "no shared/data/images above the working directory, and no -Dmdetr.images=DIR");
        throw new AssertionError();
    }
}
