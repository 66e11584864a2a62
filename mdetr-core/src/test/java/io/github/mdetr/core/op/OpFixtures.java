package io.github.mdetr.core.op;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The cases that {@code fixtures/ops/make_ops.py} computed with PyTorch in float64: inputs, outputs, gradients. */
final class OpFixtures {

    /** One operation on given inputs. */
    record Case(String name, String op, JsonNode attributes, List<Value> inputs, List<Value> outputs) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * An input or output.
     *
     * @param gradient of an input that has one, else null
     * @param upstream weight of an output in the differentiated sum, else null
     * @param noise how far PyTorch's float32 gradient (input) or value (output) is from float64
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Value(String name, Shape shape, Object data, float[] gradient, float[] upstream, double noise) {
        float[] floats() {
            return (float[]) data;
        }

        int[] ints() {
            return (int[]) data;
        }

        boolean[] booleans() {
            return (boolean[]) data;
        }
    }

    private final JsonNode header;
    private final ByteBuffer data;

    private OpFixtures(byte[] file) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(b.getLong());
        header = new ObjectMapper().readTree(file, 8, length);
        data = b.position(8 + length).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All cases, in the order of the file. */
    static List<Case> read() {
        try {
            OpFixtures f = new OpFixtures(resource("ops.safetensors"));
            List<Case> cases = new ArrayList<>();
            for (JsonNode c : new ObjectMapper().readTree(resource("ops.json")).get("cases")) {
                cases.add(f.read(c));
            }
            return cases;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = OpFixtures.class.getResourceAsStream("/ops/" + name)) {
            return in.readAllBytes();
        }
    }

    private Case read(JsonNode c) {
        String name = c.get("name").asText();
        List<Value> inputs = new ArrayList<>();
        for (JsonNode t : c.get("inputs")) {
            String own = t.get("name").asText();
            boolean grad = t.get("grad").asBoolean();
            inputs.add(new Value(
                    own,
                    shape(t.get("shape")),
                    values(name + "/in/" + own),
                    grad ? (float[]) values(name + "/grad/" + own) : null,
                    null,
                    grad ? t.get("noise").asDouble() : 0));
        }
        List<Value> outputs = new ArrayList<>();
        for (JsonNode t : c.get("outputs")) {
            String own = t.get("name").asText();
            boolean upstream = t.get("upstream").asBoolean();
            outputs.add(new Value(
                    own,
                    shape(t.get("shape")),
                    values(name + "/out/" + own),
                    null,
                    upstream ? (float[]) values(name + "/upstream/" + own) : null,
                    t.path("noise").asDouble()));
        }
        return new Case(name, c.get("op").asText(), c.get("attributes"), inputs, outputs);
    }

    static Shape shape(JsonNode dims) {
        int[] d = new int[dims.size()];
        for (int i = 0; i < d.length; i++) {
            d[i] = dims.get(i).asInt();
        }
        return Shape.of(d);
    }

    private Object values(String key) {
        JsonNode entry = header.get(key);
        int from = entry.get("data_offsets").get(0).asInt();
        int to = entry.get("data_offsets").get(1).asInt();
        ByteBuffer b = data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
        switch (entry.get("dtype").asText()) {
            case "F32" -> {
                float[] out = new float[b.remaining() / 4];
                b.asFloatBuffer().get(out);
                return out;
            }
            case "I64" -> {
                int[] out = new int[b.remaining() / 8];
                for (int i = 0; i < out.length; i++) {
                    out[i] = Math.toIntExact(b.getLong());
                }
                return out;
            }
            case "BOOL" -> {
                boolean[] out = new boolean[b.remaining()];
                for (int i = 0; i < out.length; i++) {
                    out[i] = b.get() != 0;
                }
                return out;
            }
            default -> throw new IllegalStateException(key + ": unexpected type " + entry);
        }
    }
}
