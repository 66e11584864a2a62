package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BilinearResizeTest {
    @Test
    void equalsPillowOnNoise() throws IOException {
        List<JsonNode> rows = ImageFixtures.rows("resize.json");
        assertTrue(rows.size() > 70, "the list of cases is cut");
        for (JsonNode row : rows) {
            RgbImage source = ImageFixtures.noise(
                    ImageFixtures.size(row.get("from")), row.get("seed").asLong());
            RgbImage resized = BilinearResize.resize(source, ImageFixtures.size(row.get("to")));
            assertEquals(row.get("sha256").asText(), ImageFixtures.sha256(resized.rgb()), row.toString());
        }
    }

    @Test
    void equalsPillowOnGoldenPictures() throws IOException {
        Path folder = ImageFixtures.sharedGolden().resolve("resize");
        Pattern name = Pattern.compile("(\\d+x\\d+)-to-(\\d+)x(\\d+)\\.png");
        ImageReader reader = ImageReader.of(ImageReader.Mode.STORED);
        int checked = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher parts = name.matcher(file.getFileName().toString());
                if (parts.matches()) {
                    RgbImage input = reader.read(folder.resolve("input-" + parts.group(1) + ".png"));
                    ImageSize size = new ImageSize(Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
                    assertEquals(reader.read(file), BilinearResize.resize(input, size), file.toString());
                    checked++;
                }
            }
        }
        assertEquals(8, checked);
    }

    @Test
    void sameSizeIsTheImageItself() {
        RgbImage image = ImageFixtures.noise(new ImageSize(9, 4), 1);
        assertSame(image, BilinearResize.resize(image, new ImageSize(9, 4)));
    }

    @Test
    void oneColourStays() {
        byte[] white = new byte[37 * 23 * 3];
        Arrays.fill(white, (byte) 255);
        RgbImage resized = BilinearResize.resize(new RgbImage(37, 23, white), new ImageSize(5, 71));
        for (byte value : resized.rgb()) {
            assertEquals(-1, value);
        }
    }

    @Test
    void refusesWhatNoArrayHolds() {
        RgbImage image = ImageFixtures.noise(new ImageSize(2, 2), 1);
        ImageSize huge = new ImageSize(1 << 20, 1 << 20);
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> BilinearResize.resize(image, huge));
        assertTrue(error.getMessage().contains("2x2 to 1048576x1048576"), error.getMessage());
    }
}
