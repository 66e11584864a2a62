package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.number.FloatBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Conversions against hashes of what NumPy (half) and PyTorch (bfloat16) make of the same bits. */
class FloatBitsTest {
    private static final int FLOATS = 100_000;

    private static String expected(String name) throws Exception {
        JsonNode root = new ObjectMapper()
                .readTree(TestFiles.resource("fixtures/expected.json").toFile());
        return root.get("hashes").get(name).asText();
    }

    private static String sha256(ByteBuffer bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(bytes.flip());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void everyHalfWidensAsInNumpy() throws Exception {
        ByteBuffer out = buffer(65536 * Float.BYTES);
        for (int half = 0; half < 65536; half++) {
            float value = FloatBits.fromHalf((short) half);
            if ((half & 0x7fff) > 0x7c00) {
                assertTrue(Float.isNaN(value), () -> "a NaN expected");
            } else {
                out.putFloat(value);
            }
        }
        assertEquals(expected("fromHalf"), sha256(out));
    }

    @Test
    void floatsRoundToHalfAsInNumpyAndToBfloat16AsInPyTorch() throws Exception {
        int count = 0;
        for (int i = 0; i < FLOATS; i++) {
            count += Float.isNaN(Float.intBitsToFloat(i * 0x9E3779B1)) ? 0 : 1;
        }
        ByteBuffer halves = buffer(2 * count);
        ByteBuffer bfloats = buffer(2 * count);
        for (int i = 0; i < FLOATS; i++) {
            float value = Float.intBitsToFloat(i * 0x9E3779B1);
            if (!Float.isNaN(value)) {
                halves.putShort(FloatBits.toHalf(value));
                bfloats.putShort(FloatBits.toBfloat16(value));
            }
        }
        assertEquals(expected("toHalf"), sha256(halves));
        assertEquals(expected("toBfloat16"), sha256(bfloats));
    }

    @Test
    void notANumberStaysOne() {
        for (int bits : new int[] {0x7fc00000, 0x7f800001, 0xffffffff, 0xff800001}) {
            float value = Float.intBitsToFloat(bits);
            assertTrue(Float.isNaN(FloatBits.fromHalf(FloatBits.toHalf(value))));
            assertTrue(Float.isNaN(FloatBits.fromBfloat16(FloatBits.toBfloat16(value))));
        }
    }

    @Test
    void everyHalfAndBfloat16SurvivesARoundTrip() {
        for (int bits = 0; bits < 65536; bits++) {
            float half = FloatBits.fromHalf((short) bits);
            float bfloat = FloatBits.fromBfloat16((short) bits);
            if (!Float.isNaN(half)) {
                assertEquals((short) bits, FloatBits.toHalf(half));
            }
            if (!Float.isNaN(bfloat)) {
                assertEquals((short) bits, FloatBits.toBfloat16(bfloat));
            }
        }
    }
}
