package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class RgbImageTest {
    @Test
    void bufferedImageAndBack() {
        RgbImage image = ImageFixtures.noise(new ImageSize(13, 7), 3);
        BufferedImage buffered = image.toBufferedImage();
        assertEquals(image.pixel(12, 6), buffered.getRGB(12, 6) & 0xffffff);
        assertEquals(image, RgbImage.of(buffered));
    }

    @Test
    void bufferedImageOfImageIoHasTheSamePixels() throws IOException {
        Path file = ImageFixtures.FILES.resolve("png-2-8.png");
        assertEquals(ImageReader.of(ImageReader.Mode.STORED).read(file), RgbImage.of(ImageIO.read(file.toFile())));
    }

    @Test
    void refusesAnArrayOfAnotherSize() {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 3, new byte[17]));
        assertTrue(error.getMessage().contains("2x3: expected 18 bytes of RGB, got 17"), error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(0, 3, new byte[0]));
        assertThrows(IndexOutOfBoundsException.class, () -> new RgbImage(1, 1, new byte[3]).pixel(1, 0));
    }
}
