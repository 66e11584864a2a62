package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
            assertEquals(row.get("pixels").asText(), sha256(normalized(batch)));
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
    }

    @Test
    void aLoneImageHasNoPadding() {
        ImageBatch batch = ImageBatch.of(List.of(ImageFixtures.noise(new ImageSize(5, 3), 0)));
        for (boolean padding : batch.padding().mask(3, 5)) {
            assertFalse(padding);
        }
    }

    private static float[] normalized(ImageBatch batch) {
        float[] values = new float[batch.count() * batch.height() * batch.width() * 3];
        batch.read(Normalization.imageNet(), 0, FloatBuffer.wrap(values));
        return values;
    }

    @Test
    void whatIsReadInAnyPortionsIsTheWhole() {
        ImageBatch batch = ImageBatch.of(
                List.of(ImageFixtures.noise(new ImageSize(4, 3), 0), ImageFixtures.noise(new ImageSize(2, 5), 1)));
        float[] expected = normalized(batch);
        for (int portion : new int[] {1, 7, 12, 13, 60, 61, 119, 120}) {
            float[] got = new float[expected.length];
            for (int from = 0; from < got.length; from += portion) {
                int n = Math.min(portion, got.length - from);
                batch.read(Normalization.imageNet(), from, FloatBuffer.wrap(got, from, n));
            }
            assertArrayEquals(expected, got, portion + " values at a time");
        }
    }

    @Test
    void aDirectBufferGetsTheSameFromItsPosition() {
        ImageBatch batch = ImageBatch.of(
                List.of(ImageFixtures.noise(new ImageSize(4, 3), 0), ImageFixtures.noise(new ImageSize(2, 5), 1)));
        float[] expected = normalized(batch);
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * (expected.length + 7))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < direct.capacity(); i++) {
            direct.put(i, 99);
        }
        direct.position(5).limit(5 + expected.length);
        batch.read(Normalization.imageNet(), 0, direct);
        assertEquals(5 + expected.length, direct.position());
        direct.clear();
        for (int i = 0; i < direct.capacity(); i++) {
            boolean inside = i >= 5 && i < 5 + expected.length;
            assertEquals(inside ? expected[i - 5] : 99, direct.get(i), "value " + i);
        }
    }

    @Test
    void refusesNoImagesAndWhatAreNotItsValues() {
        assertThrows(IllegalArgumentException.class, () -> ImageBatch.of(List.of()));
        ImageBatch batch = ImageBatch.of(List.of(ImageFixtures.noise(new ImageSize(4, 3), 0)));
        for (int[] wrong : new int[][] {{0, 37}, {36, 1}, {-1, 12}}) {
            IllegalArgumentException error = assertThrows(
                    IllegalArgumentException.class,
                    () -> batch.read(Normalization.imageNet(), wrong[0], FloatBuffer.allocate(wrong[1])));
            assertEquals(
                    "image batch [1, 3, 4, 3]: expected values within [0, 36), got [" + wrong[0] + ", "
                            + (wrong[0] + wrong[1]) + ")",
                    error.getMessage());
        }
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
