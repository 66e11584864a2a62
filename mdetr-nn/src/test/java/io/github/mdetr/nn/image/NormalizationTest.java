package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class NormalizationTest {
    @Test
    void everyValueEqualsTorchvision() throws IOException {
        byte[] rgb = new byte[256 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3);
        }
        float[] expected = new float[rgb.length];
        ByteBuffer.wrap(Files.readAllBytes(ImageFixtures.RESOURCES.resolve("normalized.bin")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(expected);
        assertArrayEquals(expected, Normalization.imageNet().apply(new RgbImage(256, 1, rgb)));
    }

    @Test
    void paddingIsZero() {
        RgbImage image = new RgbImage(1, 1, new byte[] {10, 20, 30});
        FloatBuffer padded = FloatBuffer.allocate(12);
        Normalization.imageNet().apply(image, new ImageSize(2, 2), padded);
        float[] pixel = Normalization.imageNet().apply(image);
        assertArrayEquals(new float[] {pixel[0], pixel[1], pixel[2], 0, 0, 0, 0, 0, 0, 0, 0, 0}, padded.array());
        assertEquals(0, padded.remaining());
    }

    @Test
    void refusesWhatDoesNotFit() {
        RgbImage image = new RgbImage(2, 1, new byte[6]);
        Normalization normalization = Normalization.imageNet();
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> normalization.apply(image, new ImageSize(1, 1), FloatBuffer.allocate(100)));
        assertTrue(error.getMessage().contains("2x1 exceeds 1x1"), error.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> normalization.apply(image, new ImageSize(2, 2), FloatBuffer.allocate(11)));
        assertThrows(
                IllegalArgumentException.class, () -> new Normalization(new float[] {0, 0, 0}, new float[] {1, 0, 1}));
        assertThrows(IllegalArgumentException.class, () -> new Normalization(new float[2], new float[3]));
    }
}
