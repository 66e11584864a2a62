package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The core without any backend: files can be read, and asking for a tensor says what to add. */
class CoreConsumerTest {
    @Test
    void readsACheckpoint(@TempDir Path folder) throws Exception {
        byte[] header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(16 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header).putFloat(1).putFloat(2);
        Path path = Files.write(folder.resolve("two.safetensors"), file.array());
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            FloatBuffer values = FloatBuffer.allocate(2);
            checkpoint.model().readFloats("x", 0, values);
            assertEquals(2, values.get(1));
        }
    }

    @Test
    void saysWhichBackendToAdd() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> Tensor.zeros(2));
        assertTrue(e.getMessage().contains("org.bytedeco:dnnl"), e.getMessage());
        assertTrue(e.getMessage().contains("org.nd4j:nd4j-native"), e.getMessage());
    }
}
