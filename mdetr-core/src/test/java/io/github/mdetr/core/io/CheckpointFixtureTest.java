package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files by PyTorch (every pickle protocol, both formats) and the safetensors library against what was put into them. */
class CheckpointFixtureTest {
    private static JsonNode expected() throws IOException {
        return new ObjectMapper()
                .readTree(TestFiles.resource("fixtures/expected.json").toFile());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "types.safetensors",
                "bare.pth",
                "values-zip-p2.pth",
                "values-zip-p3.pth",
                "values-zip-p4.pth",
                "values-zip-p5.pth",
                "values-legacy-p2.pth",
                "values-legacy-p3.pth",
                "values-legacy-p4.pth",
                "values-legacy-p5.pth"
            })
    void everyTensorHasTheNameTypeShapeAndValuesThatWereStored(String file) throws Exception {
        JsonNode sections = expected().get("tensors").get(file);
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("fixtures/" + file))) {
            assertEquals(names(sections), new ArrayList<>(checkpoint.sections()));
            for (String section : checkpoint.sections()) {
                TensorSource source = checkpoint.section(section);
                JsonNode tensors = sections.get(section);
                if (file.endsWith(".pth")) { // safetensors' writer orders by itself
                    assertEquals(names(tensors), new ArrayList<>(source.names()));
                }
                assertEquals(tensors.size(), source.names().size());
                for (String name : source.names()) {
                    check(source, name, tensors.get(name));
                }
            }
        }
    }

    private static void check(TensorSource source, String name, JsonNode tensor) {
        TensorInfo info = source.info(name);
        assertEquals(tensor.get("type").asText(), info.type().name(), name);
        List<Long> shape = new ArrayList<>();
        for (long size : info.shape()) {
            shape.add(size);
        }
        assertEquals(
                new ObjectMapper().valueToTree(shape).toString(),
                tensor.get("shape").toString(),
                name);
        List<String> values = new ArrayList<>();
        for (JsonNode value : tensor.get("values")) {
            values.add(info.type().isFloat() && value.isNumber() ? Double.toString(value.asDouble()) : value.asText());
        }
        assertEquals(values, TestFiles.texts(source, name), name);
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "values-zip-p2.pth", "values-zip-p3.pth", "values-zip-p4.pth", "values-zip-p5.pth",
                "values-legacy-p2.pth", "values-legacy-p3.pth", "values-legacy-p4.pth", "values-legacy-p5.pth"
            })
    void argumentsArePlainValuesInOrder(String file) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("fixtures/" + file))) {
            Map<String, Object> args = new LinkedHashMap<>(checkpoint.args());
            assertEquals(Double.POSITIVE_INFINITY, args.replace("inf", "Infinity"));
            assertEquals(Double.NaN, args.replace("nan", "NaN"));
            assertEquals(expected().get("args").toString(), new ObjectMapper().writeValueAsString(args));
            assertEquals(7L, checkpoint.entries().get("epoch"));
        }
    }

    @Test
    void safetensorsMetadataIsKept() throws Exception {
        try (TensorSource source = SafeTensors.open(TestFiles.resource("fixtures/types.safetensors"))) {
            assertEquals(Map.of("format", "pt", "note", "line\nbreak, größe"), source.metadata());
            assertTrue(source.names().contains("größe \"quoted\" 漢字 🙂"));
        }
    }
}
