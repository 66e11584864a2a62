package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every pixel equals Pillow's, by the hashes that {@code fixtures/image} keeps. */
class ImageReaderPixelsTest {
    @TestFactory
    Stream<DynamicTest> smallImagesOfEveryKind() throws IOException {
        List<JsonNode> rows = ImageFixtures.rows("images.json");
        assertTrue(rows.size() > 100, "the list of images is cut");
        return rows.stream().map(row -> pixelTest(ImageFixtures.FILES, row));
    }

    @Test
    void filesThatAreNotCommitted() throws IOException {
        Path folder = ImageFixtures.sharedImages();
        for (JsonNode row : ImageFixtures.rows("shared-images.json")) {
            check(folder, row);
        }
    }

    private static DynamicTest pixelTest(Path folder, JsonNode row) {
        return DynamicTest.dynamicTest(row.get("file").asText(), () -> check(folder, row));
    }

    private static void check(Path folder, JsonNode row) throws IOException {
        Path file = folder.resolve(row.get("file").asText());
        for (ImageReader.Mode mode : ImageReader.Mode.values()) {
            JsonNode expected = row.get(mode == ImageReader.Mode.STORED ? "stored" : "shown");
            ImageReader reader = ImageReader.of(mode);
            if (!expected.isNull()) {
                RgbImage image = reader.read(file);
                String size = expected.get("width").asText() + "x"
                        + expected.get("height").asText();
                assertEquals(size, image.size().toString(), file + " " + mode);
                assertEquals(expected.get("sha256").asText(), ImageFixtures.sha256(image.rgb()), file + " " + mode);
            } else if (mode == ImageReader.Mode.STORED) {
                assertThrows(ImageReadException.class, () -> reader.read(file), file.toString());
            }
        }
    }

    /** What Pillow mistakes (see {@code fixtures/image/pixels.py}): the key pixel is white, the others as stored. */
    @Test
    void keyOfSpreadOutGray() throws IOException {
        for (String kind : List.of("0-2", "0-4", "2-16")) {
            Path file = ImageFixtures.FILES.resolve("png-" + kind + "-key.png");
            RgbImage stored = ImageReader.of(ImageReader.Mode.STORED).read(file);
            RgbImage shown = ImageReader.of(ImageReader.Mode.SHOWN).read(file);
            assertEquals(0xffffff, shown.pixel(0, 0), kind);
            int key = stored.pixel(0, 0);
            for (int i = 0; i < stored.size().pixels(); i++) {
                int x = i % stored.width();
                int y = i / stored.width();
                // Sixteen bits decide; equal high bytes may differ in the low ones.
                if (stored.pixel(x, y) != key) {
                    assertEquals(stored.pixel(x, y), shown.pixel(x, y), kind + " at " + x + ", " + y);
                } else if (!kind.equals("2-16")) {
                    assertEquals(0xffffff, shown.pixel(x, y), kind + " at " + x + ", " + y);
                }
            }
        }
    }
}
