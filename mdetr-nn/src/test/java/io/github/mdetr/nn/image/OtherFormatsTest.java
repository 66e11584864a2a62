package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** BMP, GIF and TIFF files give what Pillow gives, pixels or an error: the lines of {@code make_formats.py}. */
class OtherFormatsTest {
    private static final Path LINES = ImageFixtures.RESOURCES.resolve("formats.txt");

    @TestFactory
    Stream<DynamicTest> everyOutcomeIsPillows() throws IOException {
        List<String> lines = Files.readAllLines(LINES, StandardCharsets.UTF_8);
        assertTrue(lines.size() > 400, "the list is cut");
        return lines.stream()
                .map(line -> line.split(" ", -1))
                .map(row -> DynamicTest.dynamicTest(row[0], () -> {
                    byte[] file = Base64.getDecoder().decode(row[1]);
                    if (row[0].startsWith("unread-")) {
                        assertEquals("error", outcome(file, ImageReader.Mode.STORED));
                        return;
                    } else if (row[0].startsWith("only-here-")) {
                        assertEquals("error", row[2]);
                        assertNotEquals("error", outcome(file, ImageReader.Mode.STORED));
                        return;
                    }
                    assertEquals(row[2], outcome(file, ImageReader.Mode.STORED), row[0] + " stored");
                    if (!row[3].equals("-")) {
                        assertEquals(
                                row[3].equals("=") ? row[2] : row[3],
                                outcome(file, ImageReader.Mode.SHOWN),
                                row[0] + " shown");
                    }
                }));
    }

    /** The files, for tests that do other things with them. */
    static Stream<byte[]> files(String prefix) throws IOException {
        return Files.readAllLines(LINES, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(" ", -1))
                .filter(row -> row[0].startsWith(prefix))
                .map(row -> Base64.getDecoder().decode(row[1]));
    }

    private static String outcome(byte[] bytes, ImageReader.Mode mode) {
        try {
            RgbImage image = ImageReader.of(mode).read(bytes, "file");
            return image.size() + "/" + ImageFixtures.sha256(image.rgb()).substring(0, 16);
        } catch (ImageReadException e) {
            assertTrue(!e.getMessage().contains("\n"), e.getMessage());
            return "error";
        }
    }
}
