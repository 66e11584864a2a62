package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** What {@code fixtures/losses} wrote. */
final class LossFixtures {
    private LossFixtures() {}

    static List<JsonNode> cases(String file) {
        try (InputStream in = LossFixtures.class.getResourceAsStream("/losses/" + file)) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(Objects.requireNonNull(in)).forEach(cases::add);
            assertTrue(cases.size() >= 8, "cases");
            return cases;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static int[] shape(JsonNode t) {
        return ints(t.get("shape"));
    }

    private static int[] ints(JsonNode array) {
        int[] out = new int[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = array.get(i).asInt();
        }
        return out;
    }

    static float[] data(JsonNode t) {
        return floats(t.get("data"));
    }

    static float[] floats(JsonNode array) {
        float[] out = new float[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) array.get(i).asDouble();
        }
        return out;
    }

    static float[][] rows(JsonNode arrays) {
        float[][] out = new float[arrays.size()][];
        for (int i = 0; i < out.length; i++) {
            out[i] = floats(arrays.get(i));
        }
        return out;
    }

    static Tensor tensor(JsonNode t) {
        return Tensor.of(data(t), shape(t));
    }

    /** The last two axes as an array of rows; those before them have extent 1. */
    static float[][] matrix(JsonNode t) {
        int[] shape = shape(t);
        int width = shape[shape.length - 1];
        float[] all = data(t);
        float[][] out = new float[all.length / width][];
        for (int i = 0; i < out.length; i++) {
            out[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
        }
        return out;
    }

    /** Equal to rounding of float32: of each value, and of the largest among them. */
    static void assertClose(JsonNode expected, int[] shape, float[] got, String what) {
        assertArrayEquals(shape(expected), shape, what + ": shape");
        float[] wanted = data(expected);
        assertEquals(wanted.length, got.length, what);
        float largest = 0;
        for (float v : wanted) {
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < wanted.length; i++) {
            double allowed = 1e-6 + 1e-5 * Math.abs(wanted[i]) + 2e-6 * largest;
            assertEquals(wanted[i], got[i], allowed, what + "[" + i + "]");
        }
    }
}
