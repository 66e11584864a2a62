package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is drawn for one batch, pass or kind is not drawn again for another, a few draws later. */
class RandomStreamTest {
    private static final int DRAWS = 200;
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    @Test
    void neighboursShareNoNumbers() {
        Set<Long> drawn = new HashSet<>();
        long[] seeds = {0, 1, 2, -1, GOLDEN_GAMMA, -GOLDEN_GAMMA};
        for (long seed : seeds) {
            for (RandomStream stream : RandomStream.values()) {
                for (long number = 0; number < 20; number++) {
                    SplittableRandom random = stream.of(seed, number);
                    for (int i = 0; i < DRAWS; i++) {
                        assertTrue(drawn.add(random.nextLong()), stream + " " + number + " of seed " + seed);
                    }
                }
            }
        }
        assertEquals(
                RandomStream.ORDER.of(1, 5).nextLong(),
                RandomStream.ORDER.of(1, 5).nextLong());
    }

    @Test
    void theChangesOfABatchAreNotThoseOfTheBatchBefore(@TempDir Path folder) throws IOException {
        ImageIO.write(
                new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB),
                "png",
                folder.resolve("a.png").toFile());
        String json = "{\"images\":[{\"id\":1,\"file_name\":\"a.png\",\"width\":4,\"height\":4,\"caption\":\"a\"}]}";
        AnnotationFile file =
                AnnotationFile.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "data.json");
        Set<Long> drawn = new HashSet<>();
        Augmentation draws = (example, random) -> {
            for (int i = 0; i < DRAWS; i++) {
                assertTrue(drawn.add(random.nextLong()));
            }
            return example;
        };
        AnnotatedSource source = new AnnotatedSource(
                List.of(new AnnotatedExamples(file, folder)), new EpochSampler(1, 1, 1, 7), draws, 7);
        for (long batch = 0; batch < 10; batch++) {
            source.examples(batch);
        }
        assertEquals(10 * DRAWS, drawn.size());
    }
}
