package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The criterion of whole batches, and its gradients, are those that PyTorch has of losses written with torchvision and scipy. */
class CriterionFixturesTest {
    static Stream<Arguments> onEveryBackend() {
        return TestBackends.all().stream()
                .flatMap(b -> LossFixtures.cases("criterion.json").stream()
                        .map(c -> Arguments.of(b.name(), c.get("name").asText(), b, c)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onEveryBackend")
    void lossesMatchesAndGradients(String backend, String name, Backend b, JsonNode c) {
        TestBackends.on(b, () -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Map<String, Tensor> leaves = new LinkedHashMap<>();
                c.get("leaves").properties().forEach(e -> leaves.put(e.getKey(), LossFixtures.tensor(e.getValue())));
                leaves.values().forEach(tape::watch);
                MdetrOutput out = Outputs.of(leaves);
                Criterion criterion = new Criterion(weights(c.get("weights")), HungarianMatcher.published());
                Losses losses = criterion.of(out, targets(c.get("targets")));
                compareLosses(c, losses);
                compareCosts(c.get("costs"), losses);
                try (Gradients found = tape.backward(losses.total())) {
                    compareGradients(c.get("gradients"), leaves, found);
                }
            }
        });
    }

    private static void compareLosses(JsonNode c, Losses losses) {
        Map<String, Float> got = new HashMap<>();
        losses.terms().forEach(t -> got.put(t.name(), t.value()));
        List<String> names = new ArrayList<>();
        c.get("losses").fieldNames().forEachRemaining(names::add);
        assertEquals(List.copyOf(new java.util.TreeSet<>(names)), List.copyOf(new java.util.TreeSet<>(got.keySet())));
        for (String name : names) {
            double expected = c.get("losses").get(name).asDouble();
            assertEquals(expected, got.get(name), 1e-6 + 1e-5 * expected, name);
            assertEquals(got.get(name), losses.tensor(name).item(), name);
        }
        double total = c.get("total").asDouble();
        assertEquals(total, losses.total().item(), 1e-5 * total, "total");
    }

    private static void compareCosts(JsonNode expected, Losses losses) {
        List<List<Match>> layers = new ArrayList<>(List.of(losses.matches()));
        layers.addAll(losses.auxiliaryMatches());
        assertEquals(expected.size(), layers.size(), "layers that were matched");
        for (int i = 0; i < layers.size(); i++) {
            for (int k = 0; k < layers.get(i).size(); k++) {
                assertEquals(
                        expected.get(i).get(k).asDouble(), layers.get(i).get(k).cost(), 1e-5, "cost");
            }
        }
    }

    private static void compareGradients(JsonNode expected, Map<String, Tensor> leaves, Gradients found) {
        assertTrue(expected.size() > 0);
        leaves.forEach((name, leaf) -> {
            Tensor g = found.of(leaf);
            JsonNode wanted = expected.get(name);
            if (g == null) {
                assertTrue(isZero(wanted), name + " has no gradient");
                return;
            }
            assertNotNull(wanted, name + " has a gradient");
            LossFixtures.assertClose(wanted, g.shape().dims(), g.toFloats(), "gradient of " + name);
        });
    }

    private static boolean isZero(JsonNode tensor) {
        if (tensor != null) {
            for (float v : LossFixtures.data(tensor)) {
                if (v != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static LossWeights weights(JsonNode w) {
        return LossWeights.published()
                .withClassification(number(w, "classification"))
                .withBox(number(w, "box"))
                .withGiou(number(w, "giou"))
                .withAlignment(number(w, "alignment"))
                .withIsFinal(number(w, "isFinal"))
                .withImageText(number(w, "imageText"))
                .withNoObject(number(w, "noObject"))
                .withTemperature(number(w, "temperature"))
                .withAuxiliary(w.get("auxiliary").asBoolean());
    }

    private static float number(JsonNode w, String name) {
        return (float) w.get(name).asDouble();
    }

    private static List<Target> targets(JsonNode all) {
        List<Target> targets = new ArrayList<>();
        for (JsonNode t : all) {
            boolean[] isFinal = t.get("isFinal").isNull()
                    ? null
                    : new boolean[t.get("isFinal").size()];
            for (int i = 0; isFinal != null && i < isFinal.length; i++) {
                isFinal[i] = t.get("isFinal").get(i).asBoolean();
            }
            targets.add(
                    new Target(LossFixtures.rows(t.get("boxes")), LossFixtures.rows(t.get("positiveMap")), isFinal));
        }
        return targets;
    }
}
