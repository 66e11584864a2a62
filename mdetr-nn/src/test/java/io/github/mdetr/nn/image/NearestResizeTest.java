package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NearestResizeTest {
    @Test
    void indicesEqualTorch() throws IOException {
        for (JsonNode row : ImageFixtures.rows("nearest.json")) {
            int[] indices = NearestResize.indices(
                    row.get("inputs").asInt(), row.get("outputs").asInt());
            ByteBuffer bytes = ByteBuffer.allocate(4 * indices.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(indices);
            assertEquals(row.get("sha256").asText(), ImageFixtures.sha256(bytes.array()), row.toString());
        }
    }

    @Test
    void masksFollowTheIndices() {
        boolean[] mask = {true, false, false, false, false, true};
        boolean[] resized = NearestResize.resize(mask, new ImageSize(3, 2), new ImageSize(6, 1));
        assertArrayEquals(new boolean[] {true, true, false, false, false, false}, resized);
        boolean[] taller = NearestResize.resize(mask, new ImageSize(3, 2), new ImageSize(1, 4));
        assertArrayEquals(new boolean[] {true, true, false, false}, taller);
    }

    @Test
    void refusesMasksOfAnotherSize() {
        assertThrows(
                IllegalArgumentException.class,
                () -> NearestResize.resize(new boolean[5], new ImageSize(3, 2), new ImageSize(1, 1)));
        assertThrows(IllegalArgumentException.class, () -> NearestResize.indices(3, 0));
    }
}
