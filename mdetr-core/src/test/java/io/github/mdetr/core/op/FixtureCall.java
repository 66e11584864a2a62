package io.github.mdetr.core.op;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.OpFixtures.Value;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One fixture case under way: its inputs as tensors on the current device, its attributes, and calling operations. */
final class FixtureCall implements AutoCloseable {
    private final OpFixtures.Case fixture;
    private final Operations operations;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final List<Tensor> made = new ArrayList<>();

    FixtureCall(OpFixtures.Case fixture, Operations operations) {
        this.fixture = fixture;
        this.operations = operations;
        for (Value v : fixture.inputs()) {
            inputs.put(v.name(), own(tensor(v)));
        }
    }

    private static Tensor tensor(Value v) {
        if (v.data() instanceof int[] ids) {
            return Tensor.of(ids, v.shape());
        }
        if (v.data() instanceof boolean[] mask) {
            return Tensor.of(mask, v.shape());
        }
        return Tensor.of(v.floats(), v.shape().dims());
    }

    Tensor call(String operation, Object... arguments) {
        return own(operations.call(operation, arguments));
    }

    /** Closes {@code t} with this call, since the case may run without a scope. */
    Tensor own(Tensor t) {
        made.add(t);
        return t;
    }

    /** Closes the inputs, the outputs and what was made on the way, but nothing that an operation left behind. */
    @Override
    public void close() {
        made.forEach(Tensor::close);
    }

    /** Runs the case with our operations; outputs in the fixture's order. */
    List<Tensor> run() {
        return FixtureAdapters.of(fixture.op()).apply(this);
    }

    Tensor in(String name) {
        Tensor t = inputs.get(name);
        if (t == null) {
            throw new IllegalStateException(fixture + " has no input " + name);
        }
        return t;
    }

    Tensor optional(String name) {
        return inputs.get(name);
    }

    /** The tensors of all inputs, in order. */
    List<Tensor> all() {
        return List.copyOf(inputs.values());
    }

    Value value(String name) {
        return fixture.inputs().stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    // ---- attributes ----

    boolean has(String attribute) {
        return fixture.attributes().has(attribute);
    }

    private JsonNode attribute(String name) {
        if (!has(name)) {
            throw new IllegalStateException(fixture + " has no attribute " + name);
        }
        return fixture.attributes().get(name);
    }

    int integer(String name) {
        return attribute(name).asInt();
    }

    boolean flag(String name) {
        return attribute(name).asBoolean();
    }

    /** A number; the strings "-inf" and "inf" are infinities. */
    float number(String name) {
        JsonNode n = attribute(name);
        return switch (n.asText()) {
            case "-inf" -> Float.NEGATIVE_INFINITY;
            case "inf" -> Float.POSITIVE_INFINITY;
            default -> (float) n.asDouble();
        };
    }

    /** Whether the case names that output among those it gives. */
    boolean gives(String output) {
        for (JsonNode n : attribute("gives")) {
            if (n.asText().equals(output)) {
                return true;
            }
        }
        return false;
    }

    int[] integers(String name) {
        return OpFixtures.shape(attribute(name)).dims();
    }

    int[] axes(String name) {
        JsonNode list = attribute(name);
        int[] out = new int[list.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = list.get(i).asInt();
        }
        return out;
    }

    Activation activation() {
        String name = attribute("activation").asText();
        return name.equals("none") ? Activation.IDENTITY : Activation.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Stride, padding, and where given dilation and groups; {@code kernel} has the window's extents. */
    Window window(int... kernel) {
        return window(fixture.attributes(), kernel);
    }

    /** The window that the attribute of that name holds. */
    Window windowOf(String name, int... kernel) {
        return window(attribute(name), kernel);
    }

    private Window window(JsonNode attributes, int... kernel) {
        int[] stride = OpFixtures.shape(attributes.get("stride")).dims();
        int[] padding = OpFixtures.shape(attributes.get("padding")).dims();
        int dilation = 1;
        if (attributes.has("dilation")) {
            int[] d = OpFixtures.shape(attributes.get("dilation")).dims();
            boolean same = d[0] == d[1] || kernel[0] == 1 || kernel[1] == 1; // a single tap has no distance
            if (!same) {
                throw new IllegalStateException(fixture + ": dilations differ, which Window cannot say");
            }
            dilation = kernel[0] == 1 ? d[1] : d[0];
        }
        return new Window(
                stride[0],
                stride[1],
                padding[0],
                padding[1],
                padding[2],
                padding[3],
                dilation,
                attributes.has("groups") ? attributes.get("groups").asInt() : 1);
    }
}
