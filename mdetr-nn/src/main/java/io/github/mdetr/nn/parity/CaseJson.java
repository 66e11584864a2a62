package io.github.mdetr.nn.parity;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values of a case's JSON by key; one that is absent or of another kind is an error that names the key. */
final class CaseJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CaseJson() {}

    /** What stands at a key. */
    static JsonNode at(JsonNode node, String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("no '" + key + "'");
        }
        return value;
    }

    static String text(JsonNode node, String key) {
        JsonNode value = at(node, key);
        require(value.isValueNode(), key, "a text or a number", value);
        return value.asText();
    }

    static float number(JsonNode node, String key) {
        JsonNode value = at(node, key);
        require(value.isNumber(), key, "a number", value);
        return (float) value.asDouble();
    }

    /** An array's elements. */
    static List<JsonNode> list(JsonNode node, String key) {
        return elements(at(node, key), key);
    }

    static Map<String, Object> object(JsonNode node, String key) {
        JsonNode value = at(node, key);
        require(value.isObject(), key, "an object", value);
        return MAPPER.convertValue(value, new TypeReference<Map<String, Object>>() {});
    }

    /** Integers of 32 bits. */
    static int[] ints(JsonNode node, String key) {
        return ints(at(node, key), key, -1);
    }

    /** Rows of integers; each has {@code columns}, or any number where that is negative. */
    static int[][] rows(JsonNode array, String key, int columns) {
        List<int[]> rows = new ArrayList<>();
        for (JsonNode row : elements(array, key)) {
            rows.add(ints(row, key, columns));
        }
        return rows.toArray(int[][]::new);
    }

    /** Numbers. */
    static float[] numbers(JsonNode node, String key) {
        return floats(at(node, key), key, -1);
    }

    /** Rows of so many numbers. */
    static float[][] numberRows(JsonNode node, String key, int columns) {
        return list(node, key).stream().map(row -> floats(row, key, columns)).toArray(float[][]::new);
    }

    private static float[] floats(JsonNode array, String key, int count) {
        List<JsonNode> values = elements(array, key);
        require(count < 0 || values.size() == count, key, count + " numbers", array);
        float[] out = new float[values.size()];
        for (int i = 0; i < out.length; i++) {
            require(values.get(i).isNumber(), key, "numbers", values.get(i));
            out[i] = (float) values.get(i).asDouble();
        }
        return out;
    }

    private static int[] ints(JsonNode array, String key, int count) {
        List<JsonNode> values = elements(array, key);
        require(count < 0 || values.size() == count, key, count + " integers", array);
        for (JsonNode value : values) {
            require(value.isIntegralNumber() && value.canConvertToInt(), key, "integers of 32 bits", value);
        }
        return values.stream().mapToInt(JsonNode::intValue).toArray();
    }

    private static List<JsonNode> elements(JsonNode array, String key) {
        require(array.isArray(), key, "an array", array);
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }

    private static void require(boolean condition, String key, String expected, JsonNode got) {
        if (!condition) {
            String text = got.toString();
            throw new IllegalArgumentException("'" + key + "': expected " + expected + ", got "
                    + (text.length() <= 40 ? text : text.substring(0, 40) + "…"));
        }
    }
}
