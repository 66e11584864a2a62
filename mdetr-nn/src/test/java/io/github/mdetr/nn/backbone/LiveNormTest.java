package io.github.mdetr.nn.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.parity.Formula;
import io.github.mdetr.nn.parity.FormulaWeights;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch norms that learn, against torchvision's and timm's networks in training mode; and what becomes of them. */
class LiveNormTest {
    static Stream<Arguments> cases() {
        return GoldenCases.backends()
                .flatMap(b -> Stream.of("resnet18", "resnet18_half", "resnet18_half-dilated", "efficientnet_b3")
                        .map(name -> Arguments.of(b, name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void learnsAsPyTorchAndLoadsFrozen(String backend, String name) {
        GoldenCases.on(backend, () -> {
            Case c = new Case(name);
            try (Scope scope = Scope.open();
                    Parameters live = Parameters.from(c.weights(), Mode.FULL_TRAINING)) {
                Backbone net =
                        c.type().create(live.root(), c.json.get("dilated").asBoolean());
                live.verify(n -> false);
                Tensor images = c.formula("images", 2, c.shape(c.json.get("images")));
                Set<String> compared = new TreeSet<>();
                try (Tape tape = Tape.record()) {
                    Tensor out = net.forward(images);
                    c.compare("train", out, compared);
                    Tensor upstream = c.formula("upstream", 1, out.shape());
                    try (Gradients g = tape.backward(Reductions.sum(Elementwise.mul(out, upstream)))) {
                        for (Parameter p : live.all()) {
                            assertEquals(!p.isRunning(), p.isTrainable(), p.name());
                            if (p.isTrainable()) {
                                c.compare("gradient/" + p.name(), g.of(p.tensor()), compared);
                            }
                        }
                    }
                }
                for (Parameter p : live.all()) {
                    if (p.isRunning()) {
                        c.compare("running/" + p.name(), p.tensor(), compared);
                    }
                }
                Map<String, float[]> state = values(live);
                Tensor evaluated = net.forward(images);
                c.compare("eval", evaluated, compared);
                values(live).forEach((n, v) -> assertArrayEquals(state.get(n), v, n + " changed by an evaluation"));
                assertEquals(c.figures(), compared, "figures that were compared");
                for (Mode mode : List.of(Mode.TRAINING, Mode.INFERENCE)) {
                    frozen(c, live, mode, images, evaluated);
                }
            }
        });
    }

    /** What was learned is saved under the names of the frozen form, and gives there what the live model gives. */
    private static void frozen(Case c, Parameters live, Mode mode, Tensor images, Tensor expected) {
        try (Parameters saved = Parameters.from(new Saved(live), mode)) {
            Backbone net = c.type().create(saved.root(), c.json.get("dilated").asBoolean());
            saved.verify(n -> false);
            float[] want = expected.toFloats();
            float[] got = net.forward(images).toFloats();
            double largest = 0;
            for (float w : want) {
                largest = Math.max(largest, Math.abs(w));
            }
            assertTrue(largest > 0.1, "the map is not empty");
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], 1e-4 * largest, mode + " [" + i + "]");
            }
        }
    }

    private static Map<String, float[]> values(Parameters parameters) {
        Map<String, float[]> all = new LinkedHashMap<>();
        parameters.all().forEach(p -> all.put(p.name(), p.values()));
        return all;
    }

    /** Fresh weights of a network in training forget nothing: without a tape no statistics move, with one they do. */
    @org.junit.jupiter.api.Test
    void onlyATrainingPassMovesTheStatistics() {
        GoldenCases.on("reference", () -> {
            try (Scope scope = Scope.open();
                    Parameters live = Parameters.fresh(1, Mode.FULL_TRAINING);
                    Parameters frozen = Parameters.fresh(1, Mode.TRAINING)) {
                Tensor images = new Case("resnet18_half").formula("images", 2, Shape.of(1, 32, 32, 3));
                for (Parameters p : List.of(live, frozen)) {
                    Backbone net = BackboneType.RESNET18_HALF.create(p.root(), true);
                    float[] before = p.find("bn1.running_mean").values();
                    net.forward(images);
                    assertArrayEquals(before, p.find("bn1.running_mean").values());
                    try (Tape tape = Tape.record()) {
                        net.forward(images);
                    }
                    float[] after = p.find("bn1.running_mean").values();
                    if (p == live) {
                        assertNotEquals(before[0], after[0]);
                    } else {
                        assertArrayEquals(before, after);
                    }
                    assertEquals(p == live, p.find("bn1.weight").isTrainable());
                    assertEquals(p == live, p.find("layer1.0.conv1.weight").isTrainable());
                    assertTrue(p.find("layer2.0.conv1.weight").isTrainable());
                }
            }
        });
    }

    /** What is frozen stays, statistics too, and normalizes by them. */
    @org.junit.jupiter.api.Test
    void aNormTakenOutOfTrainingIsFrozen() {
        fresh(BackboneType.RESNET18_HALF, 32, (live, net, images) -> {
            live.all().forEach(p -> p.setTrainable(false));
            Map<String, float[]> before = values(live);
            float[] evaluated = net.forward(images).toFloats();
            try (Tape tape = Tape.record()) {
                assertArrayEquals(evaluated, net.forward(images).toFloats());
            }
            values(live).forEach((n, v) -> assertArrayEquals(before.get(n), v, n));
        });
    }

    /** Of two norms in one pass each is frozen or live by itself. */
    @org.junit.jupiter.api.Test
    void aLiveNormBehindAFrozenOneStaysLive() {
        fresh(BackboneType.EFFICIENTNET_B3, 64, (live, net, images) -> {
            live.all().stream().filter(p -> p.name().contains(".bn1.")).forEach(p -> p.setTrainable(false));
            Map<String, float[]> before = values(live);
            try (Tape tape = Tape.record()) {
                net.forward(images);
            }
            values(live).forEach((n, v) -> {
                if (n.endsWith(".running_mean")) {
                    assertEquals(n.contains(".bn1."), java.util.Arrays.equals(before.get(n), v), n);
                }
            });
        });
    }

    private interface OnFresh {
        void test(Parameters live, Backbone net, Tensor images);
    }

    /** A network of fresh weights whose norms are live, and an image of so many pixels a side. */
    private static void fresh(BackboneType type, int side, OnFresh on) {
        GoldenCases.on("reference", () -> {
            try (Scope scope = Scope.open();
                    Parameters live = Parameters.fresh(1, Mode.FULL_TRAINING)) {
                Tensor images = new Case("resnet18_half").formula("images", 2, Shape.of(1, side, side, 3));
                on.test(live, type.create(live.root(), false), images);
            }
        });
    }

    /** A model's values as a file would give them. */
    private record Saved(Parameters parameters) implements WeightSource {
        @Override
        public String description() {
            return "saved";
        }

        @Override
        public Set<String> names() {
            Set<String> names = new TreeSet<>();
            parameters.all().forEach(p -> names.add(p.name()));
            return names;
        }

        @Override
        public Shape shape(String name) {
            return parameters.find(name).shape();
        }

        @Override
        public void read(String name, long from, FloatBuffer dst) {
            dst.put(parameters.find(name).values(), (int) from, dst.remaining());
        }
    }

    /** A fixture of {@code fixtures/backbone}. */
    private static final class Case {
        final JsonNode json;

        Case(String name) throws IOException {
            json = new ObjectMapper()
                    .readTree(
                            GoldenCases.resource("/backbone/" + name + ".json").toFile());
        }

        BackboneType type() {
            return BackboneType.of(json.get("backbone").asText());
        }

        private String key(String name) {
            return json.get("seed").asText() + ":" + name;
        }

        Shape shape(JsonNode dims) {
            int[] s = new int[dims.size()];
            for (int i = 0; i < s.length; i++) {
                s[i] = dims.get(i).asInt();
            }
            return Shape.of(s);
        }

        FormulaWeights weights() {
            List<FormulaWeights.Entry> entries = new ArrayList<>();
            for (JsonNode p : json.get("parameters")) {
                entries.add(new FormulaWeights.Entry(
                        p.get("name").asText(),
                        shape(p.get("shape")),
                        (float) p.get("base").asDouble(),
                        (float) p.get("amp").asDouble()));
            }
            return new FormulaWeights("fixture", json.get("seed").asText(), entries);
        }

        Tensor formula(String name, float amp, Shape shape) {
            float[] v = new float[(int) shape.size()];
            Formula.fill(key(name), 0, amp, 0, FloatBuffer.wrap(v));
            return Tensor.of(v, shape.dims());
        }

        Set<String> figures() {
            Set<String> names = new TreeSet<>();
            json.get("figures").fieldNames().forEachRemaining(names::add);
            return names;
        }

        void compare(String name, Tensor got, Set<String> compared) {
            JsonNode expected = json.get("figures").get(name);
            assertTrue(expected != null && got != null, name);
            compared.add(name);
            assertEquals(shape(expected.get("shape")), got.shape(), name);
            float[] values = got.toFloats();
            long probe = Formula.fnv1a64(key("probe:" + name));
            double squares = 0;
            double dot = 0;
            for (int i = 0; i < values.length; i++) {
                squares += (double) values[i] * values[i];
                dot += (double) values[i] * Formula.u(probe, i);
            }
            double l2 = expected.get("l2").asDouble();
            double noise = 10 * expected.get("noise").asDouble();
            assertEquals(l2, Math.sqrt(squares), noise + 1e-4 * l2, name + " l2");
            assertEquals(expected.get("dot").asDouble(), dot, noise + 2e-4 * l2, name + " dot");
        }
    }
}
