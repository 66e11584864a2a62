package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        float[] pixel = Normalization.imageNet().apply(image);
        float[] row = {9, 9, 9, 9, 9, 9};
        Normalization.imageNet().applyRow(image, 0, row);
        assertArrayEquals(new float[] {pixel[0], pixel[1], pixel[2], 0, 0, 0}, row);
        Normalization.imageNet().applyRow(image, 1, row);
        assertArrayEquals(new float[6], row);
    }

    @Test
    void refusesWhatAreNoStatistics() {
        assertThrows(
                IllegalArgumentException.class, () -> new Normalization(new float[] {0, 0, 0}, new float[] {1, 0, 1}));
        assertThrows(IllegalArgumentException.class, () -> new Normalization(new float[2], new float[3]));
    }
}
