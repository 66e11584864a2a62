package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.image.ImageReadException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred images, each of a grey of its own, of which some cannot be read. */
class SkippedImagesTest {
    private static final int COUNT = 200;
    private static final int BATCH = 20;

    @TempDir
    Path folder;

    private final List<String> listed = new ArrayList<>();

    @BeforeEach
    void images() throws IOException {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, i);
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            entries.add("{\"id\":" + i + ",\"file_name\":\"" + i
                    + ".png\",\"width\":2,\"height\":2,\"caption\":\"a cat\"}");
        }
        Files.writeString(
                folder.resolve("data.json"), "{\"images\":[" + String.join(",", entries) + "],\"annotations\":[]}");
    }

    private void damage(int... images) throws IOException {
        for (int i : images) {
            Files.writeString(folder.resolve(i + ".png"), "no picture");
        }
    }

    private SkippedImages skipped(Path... before) {
        return new SkippedImages(
                "--data",
                COUNT,
                Arrays.asList(before),
                (image, reason) -> listed.add(image.getFileName() + ": " + reason));
    }

    private AnnotatedSource source(SkippedImages skipped) throws IOException {
        AnnotatedExamples set = new AnnotatedExamples(AnnotationFile.read(folder.resolve("data.json")), folder);
        return new AnnotatedSource(List.of(set), new EpochSampler(COUNT, BATCH, 1, 3), Augmentation.none(), 3, skipped);
    }

    /** The greys of an epoch's images. */
    private static int[] epoch(AnnotatedSource source) throws IOException {
        List<Integer> greys = new ArrayList<>();
        for (int batch = 0; batch < COUNT / BATCH; batch++) {
            List<TrainingExample> examples = source.examples(batch);
            assertEquals(BATCH, examples.size());
            examples.forEach(e -> greys.add(e.image().rgb()[2] & 0xff));
        }
        return greys.stream().mapToInt(i -> i).toArray();
    }

    @Test
    void theNextTakesThePlace() throws IOException {
        int[] whole = epoch(source(null));
        damage(7, 199);
        int[] got = epoch(source(skipped()));
        int[] expected =
                Arrays.stream(whole).map(i -> i == 7 ? 8 : i == 199 ? 0 : i).toArray();
        assertArrayEquals(expected, got);
    }

    @Test
    void eachIsListedOnceWithTheReason() throws IOException {
        damage(7);
        AnnotatedSource source = source(skipped());
        epoch(source);
        epoch(source);
        assertEquals(1, listed.size(), listed.toString());
        assertTrue(listed.get(0).matches("7\\.png: (?!.*7\\.png).+"), listed.get(0));
    }

    /** So that a run that goes on learns from what it did before. */
    @Test
    void whatWasSkippedBeforeIsAgain() throws IOException {
        int[] got = epoch(source(skipped(folder.resolve("7.png"))));
        assertTrue(Arrays.stream(got).noneMatch(i -> i == 7));
        assertEquals(List.of(), listed);
    }

    @Test
    void moreThanOneInAHundredEndIt() throws IOException {
        damage(7, 8, 9);
        AnnotatedSource source = source(skipped());
        String message = assertThrows(IOException.class, () -> epoch(source)).getMessage();
        assertTrue(message.startsWith("--data: 3 of 200 images cannot be read, more than 1 %, the last: "), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void withoutItTheImageIsTheError() throws IOException {
        damage(7);
        AnnotatedSource source = source(null);
        assertThrows(ImageReadException.class, () -> epoch(source));
    }

    /** A loader that is stopped makes images unreadable that are whole. */
    @Test
    void anInterruptIsNoDamage() throws IOException {
        SkippedImages skipped = skipped();
        damage(7);
        AnnotatedSource source = source(skipped);
        Thread.currentThread().interrupt();
        try {
            assertThrows(ImageReadException.class, () -> epoch(source));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(0, skipped.size());
    }
}
