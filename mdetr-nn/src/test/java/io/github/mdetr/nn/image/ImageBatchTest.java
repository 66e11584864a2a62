package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageBatchTest {
    @Test
    void pixelsAndMasksEqualTorch() throws IOException {
        for (JsonNode row : ImageFixtures.rows("batch.json")) {
            List<RgbImage> images = new ArrayList<>();
            for (JsonNode size : row.get("sizes")) {
                images.add(ImageFixtures.noise(ImageFixtures.size(size), images.size()));
            }
            ImageBatch batch = ImageBatch.of(images);
            assertEquals(row.get("pixels").asText(), sha256(batch.normalized(Normalization.imageNet())));
            assertEquals(row.get("mask").asText(), sha256(batch.padding().mask(batch.height(), batch.width())));
            JsonNode features = row.get("features");
            boolean[] mask = batch.padding()
                    .mask(features.get(0).asInt(), features.get(1).asInt());
            assertEquals(row.get("featureMask").asText(), sha256(mask), row.toString());
        }
    }

    @Test
    void resizedImagesShareAFrame() {
        List<RgbImage> images =
                List.of(ImageFixtures.noise(new ImageSize(8, 4), 0), ImageFixtures.noise(new ImageSize(3, 5), 1));
        ImageBatch batch = ImageBatch.resized(images, ResizePolicy.shortestSide(6));
        assertEquals(2, batch.count());
        assertEquals(new ImageSize(12, 6), batch.size(0));
        assertEquals(new ImageSize(6, 10), batch.size(1));
        assertEquals(12, batch.width());
        assertEquals(10, batch.height());
        ImagePadding padding = batch.padding();
        assertEquals(2, padding.count());
        assertEquals(10, padding.frameHeight());
        assertEquals(12, padding.frameWidth());
        assertEquals(6, padding.rows(0, 10));
        assertEquals(12, padding.columns(0, 12));
        assertEquals(10, padding.rows(1, 10));
        assertEquals(6, padding.columns(1, 12));
        assertEquals(2 * 10 * 12 * 3, batch.elements());
    }

    @Test
    void aLoneImageHasNoPadding() {
        ImageBatch batch = ImageBatch.of(List.of(ImageFixtures.noise(new ImageSize(5, 3), 0)));
        for (boolean padding : batch.padding().mask(3, 5)) {
            assertFalse(padding);
        }
    }

    @Test
    void aDirectBufferGetsTheSameFromItsPosition() {
        ImageBatch batch = ImageBatch.of(
                List.of(ImageFixtures.noise(new ImageSize(4, 3), 0), ImageFixtures.noise(new ImageSize(2, 5), 1)));
        float[] expected = batch.normalized(Normalization.imageNet());
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * (expected.length + 7))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < direct.capacity(); i++) {
            direct.put(i, 99);
        }
        direct.position(5);
        batch.normalizeInto(Normalization.imageNet(), direct);
        assertEquals(5 + expected.length, direct.position());
        for (int i = 0; i < direct.capacity(); i++) {
            boolean inside = i >= 5 && i < 5 + expected.length;
            assertEquals(inside ? expected[i - 5] : 99, direct.get(i), "value " + i);
        }
    }

    @Test
    void refusesNoImagesAndShortBuffers() {
        assertThrows(IllegalArgumentException.class, () -> ImageBatch.of(List.of()));
        ImageBatch batch = ImageBatch.of(List.of(ImageFixtures.noise(new ImageSize(4, 3), 0)));
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> batch.normalizeInto(Normalization.imageNet(), FloatBuffer.allocate(35)));
        assertTrue(
                error.getMessage().contains("[1, 3, 4, 3]: expected room for 36 floats, got 35"), error.getMessage());
    }

    private static String sha256(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return ImageFixtures.sha256(bytes.array());
    }

    private static String sha256(boolean[] values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return ImageFixtures.sha256(bytes);
    }
}
