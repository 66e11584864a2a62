package io.github.mdetr.core.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.testing.TestBackends;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Six steps of each optimizer with given gradients, on every backend, are those of PyTorch in float32. */
class OptimizerFixturesTest {
    private static final JsonNode FIXTURES = read();
    private static final NamedValues VALUES = NamedValues.resource("/optim/optim.safetensors");

    /** Beside the largest value that a tensor has had: eight float32 roundings. */
    private static final double TOLERANCE = 5e-7;

    private static JsonNode read() {
        try (InputStream in = OptimizerFixturesTest.class.getResourceAsStream("/optim/optim.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> schedules() {
        return StreamSupport.stream(FIXTURES.get("schedules").spliterator(), false)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> equalsPyTorch() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Backend b : TestBackends.all()) {
            for (JsonNode run : FIXTURES.get("runs")) {
                String name = run.get("name").asText();
                tests.add(DynamicTest.dynamicTest(
                        b.name() + "/" + name, () -> TestBackends.on(b, () -> check(run, VALUES.below(name + "/")))));
            }
        }
        assertTrue(tests.size() >= 12, () -> "only " + tests.size());
        return tests.stream();
    }

    private static void check(JsonNode run, NamedValues expected) {
        try (Parameters parameters = Parameters.from(expected.below("start/"), Mode.TRAINING)) {
            for (JsonNode p : run.get("parameters")) {
                String name = p.get("name").asText();
                parameters
                        .root()
                        .weight(
                                name,
                                Init.constant(0),
                                expected.shape("start/" + name).dims());
            }
            Map<String, Double> largest = new HashMap<>();
            try (Optimizer optimizer = optimizer(run, parameters)) {
                for (int k = 0; k < run.get("steps").size(); k++) {
                    step(run.get("steps").get(k), parameters, optimizer, expected.below(k + "/"), largest);
                }
            }
        }
    }

    private static void step(
            JsonNode step,
            Parameters parameters,
            Optimizer optimizer,
            NamedValues expected,
            Map<String, Double> largest) {
        StepResult result;
        try (Gradients g = GivenGradients.of(parameters, expected.below("gradient/"))) {
            assertEquals(step.get("gradients").size(), g.size());
            result = optimizer.step(g);
        }
        assertTrue(result.applied());
        double norm = step.get("norm").asDouble();
        assertEquals(norm, result.gradientNorm(), 1e-6 * norm, "norm");
        Comparison comparison = new Comparison(expected, largest, new TreeSet<>());
        for (Parameter p : parameters.all()) {
            comparison.compare("parameter/" + p.name(), p.tensor().toFloats());
        }
        for (StateTensor t : optimizer.state()) {
            if (!t.name().equals("steps")) {
                String name = t.name().replaceFirst("\\.", "/");
                float[] got = NamedValues.of(List.of(t)).get(t.name());
                if (name.startsWith("step/") && !expected.names().contains(name)) {
                    continue; // PyTorch's SGD does not count
                }
                comparison.compare(name, got);
            }
        }
        Set<String> left = new TreeSet<>(expected.names());
        left.removeAll(comparison.compared);
        left.removeIf(n -> n.startsWith("gradient/"));
        for (Parameter p : parameters.all()) { // where nothing is remembered yet the average is the parameter
            if (left.remove("ema/" + p.name())) {
                comparison.compare("ema/" + p.name(), p.tensor().toFloats());
            }
        }
        assertEquals(Set.of(), left, "of PyTorch's, not compared");
    }

    private record Comparison(NamedValues expected, Map<String, Double> largest, Set<String> compared) {
        void compare(String name, float[] got) {
            float[] want = expected.get(name);
            assertTrue(want != null, () -> name + ": PyTorch has none");
            compared.add(name);
            assertEquals(want.length, got.length, name);
            for (float w : want) { // a mean that passes 0 is as inexact as what it was made of
                largest.merge(name, (double) Math.abs(w), Math::max);
            }
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], TOLERANCE * largest.get(name), name + "[" + i + "]");
            }
        }
    }

    private static Optimizer optimizer(JsonNode run, Parameters parameters) {
        JsonNode settings = run.get("settings");
        if (run.get("kind").asText().equals("adamw")) {
            AdamW.Builder b = AdamW.of(parameters.all())
                    .betas(
                            settings.path("beta1").asDouble(0.9),
                            settings.path("beta2").asDouble(0.999))
                    .eps(settings.path("eps").asDouble(1e-8));
            return common(b, settings).build();
        }
        Sgd.Builder b = Sgd.of(parameters.all())
                .momentum(settings.path("momentum").asDouble(0))
                .nesterov(settings.path("nesterov").asBoolean(false));
        return common(b, settings).build();
    }

    private static <B extends OptimizerBuilder<B>> B common(B b, JsonNode settings) {
        b.rate(1e-2).group("backbone", 1e-3).group("text_encoder", 5e-3);
        b.weightDecay(settings.get("weightDecay").asDouble());
        if (settings.has("clipNorm")) {
            b.clipNorm(settings.get("clipNorm").asDouble());
        }
        return settings.has("ema") ? b.average(settings.get("ema").asDouble()) : b;
    }
}
