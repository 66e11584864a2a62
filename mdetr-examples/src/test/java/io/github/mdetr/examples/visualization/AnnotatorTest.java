package io.github.mdetr.examples.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnotatorTest {
    private static final Phrase DOG = new Phrase(0, 5, "a dog", 0.9f);
    private static final Phrase CAFE = new Phrase(10, 16, "a café", 0.9f);

    private static Detection at(float x0, float y0, float x1, float y1, Phrase... phrases) {
        return new Detection(0, 0.9f, 0.1f, null, new PixelBox(x0, y0, x1, y1), List.of(phrases), List.of());
    }

    private static RgbImage gray(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        java.util.Arrays.fill(rgb, (byte) 128);
        return new RgbImage(width, height, rgb);
    }

    private static BufferedImage draw(int width, int height, Detection... detections) {
        return Annotator.annotate(
                gray(width, height), List.of(new DetectResult(width, height, "x", List.of(detections), List.of())));
    }

    @Test
    void boxesOfOnePhraseShareTheirColourOthersDiffer() {
        BufferedImage image =
                draw(800, 600, at(50, 100, 200, 300, CAFE), at(300, 100, 450, 300, DOG), at(550, 100, 700, 300, CAFE));
        int first = image.getRGB(51, 200);
        assertEquals(Palette.color(1).getRGB(), first, "the café is second in the caption");
        assertEquals(Palette.color(0).getRGB(), image.getRGB(301, 200));
        assertEquals(first, image.getRGB(551, 200));
        assertEquals(first, image.getRGB(198, 200), "right edge");
        assertEquals(first, image.getRGB(120, 298), "lower edge");
        assertEquals(0xff808080, image.getRGB(120, 200), "inside");
        assertEquals(0xff808080, image.getRGB(250, 200), "outside");
    }

    @Test
    void theLabelStandsAboveItsBoxInReadableLetters() {
        BufferedImage image = draw(800, 600, at(50, 100, 200, 300, DOG));
        int background = Palette.color(0).getRGB();
        assertEquals(java.awt.Color.WHITE, Palette.textOn(Palette.color(0)));
        int filled = 0;
        int written = 0;
        for (int y = 78; y < 100; y++) {
            for (int x = 50; x < 170; x++) {
                filled += image.getRGB(x, y) == background ? 1 : 0;
                written += (image.getRGB(x, y) & 0xff) > 200 ? 1 : 0; // blue, of which the red background has little
            }
        }
        assertTrue(filled > 500 && written > 100, filled + " of background, " + written + " of letters");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "40,30", "3,2000", "2000,3", "5000,20", "640,480"})
    void anySizeIsDrawnOnWithBoxesBeyondItAndLongPhrases(int width, int height) {
        Phrase longest = new Phrase(0, 400, "words ".repeat(70).strip(), 0.9f);
        BufferedImage image = draw(
                width,
                height,
                at(-50, -50, width + 50, height + 50, longest),
                at(width - 1, height - 1, width, height, DOG),
                at(0.2f, 0.2f, 0.2f, 0.2f),
                at(Float.NaN, 0, Float.NaN, 1, CAFE));
        assertEquals(0, image.getWidth() % width);
        assertEquals(image.getWidth() / width, image.getHeight() / height);
        assertTrue(image.getWidth() <= Math.max(width, 2000) && image.getHeight() <= Math.max(height, 2000));
    }

    @Test
    void labelsOfOnePlaceDoNotHideEachOther() {
        BufferedImage alone = draw(800, 600, at(50, 100, 200, 300, DOG));
        BufferedImage both = draw(800, 600, at(50, 100, 200, 300, DOG), at(50, 100, 200, 300, CAFE));
        for (int y = 80; y < 100; y++) {
            for (int x = 50; x < 120; x++) {
                assertEquals(alone.getRGB(x, y), both.getRGB(x, y), "the first label stays as it is");
            }
        }
        assertNotEquals(alone.getRGB(60, 110), both.getRGB(60, 110), "the second has a place of its own");
    }

    @Test
    void nothingAsksForFontsOfTheSystem() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        Assumptions.assumeTrue(Files.exists(maps), "only Linux tells the loaded libraries");
        draw(320, 240, at(10, 50, 100, 100, CAFE));
        List<String> loaded = Files.readAllLines(maps).stream()
                .map(l -> l.toLowerCase(Locale.ROOT))
                .filter(l -> l.contains("fontmanager") || l.contains("freetype") || l.contains("fontconfig"))
                .toList();
        assertEquals(List.of(), loaded);
    }
}
