package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits of −∞, as {@code fixtures/losses/make_masked.py} has them from PyTorch. */
class MaskedTokensTest {
    private static final float MASK = Float.NEGATIVE_INFINITY;

    record Masked(String name, JsonNode json) {
        float[][] rows(String field) {
            float[][] rows = new float[json.get(field).size()][];
            for (int i = 0; i < rows.length; i++) {
                JsonNode row = json.get(field).get(i);
                rows[i] = new float[row.size()];
                for (int j = 0; j < rows[i].length; j++) {
                    rows[i][j] = row.get(j).isNull() ? MASK : (float) row.get(j).asDouble();
                }
            }
            return rows;
        }

        float[] weight() {
            return LossFixtures.floats(json.get("weight"));
        }

        Target target() {
            return new Target(rows("targetBoxes"), rows("positiveMap"), null);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Masked> cases() throws IOException {
        try (InputStream in = MaskedTokensTest.class.getResourceAsStream("/losses/masked.json")) {
            List<Masked> cases = new ArrayList<>();
            new ObjectMapper()
                    .readTree(Objects.requireNonNull(in))
                    .forEach(c -> cases.add(new Masked(c.get("name").asText(), c)));
            return cases;
        }
    }

    private static float[] flat(float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[i].length, rows[i].length);
        }
        return all;
    }

    private static Tensor tensor(float[][] rows) {
        return Tensor.of(flat(rows), 1, rows.length, rows[0].length);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theLossIsThatOfTheOthers(Masked c) throws IOException {
        GoldenCases.on("onednn", () -> {
            double expected = c.json().get("loss").asDouble();
            assertEquals(
                    expected, SoftTokenLoss.of(c.rows("logits"), c.rows("target"), c.weight()), 1e-6 * expected + 1e-7);
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGradientIsThatOfTheOthersAndZero(Masked c) throws IOException {
        for (String backend : List.of("onednn", "reference")) {
            GoldenCases.on(backend, () -> {
                try (Scope scope = Scope.open();
                        Tape tape = Tape.record()) {
                    Tensor logits = tensor(c.rows("logits"));
                    tape.watch(logits);
                    Tensor loss = SoftTokenLoss.of(
                            logits, tensor(c.rows("target")), Tensor.of(c.weight(), 1, c.weight().length));
                    try (Gradients gradients = tape.backward(loss)) {
                        float[] got =
                                Objects.requireNonNull(gradients.of(logits)).toFloats();
                        assertArrayEquals(flat(c.rows("gradient")), got, 1e-6f);
                        float[] given = flat(c.rows("logits"));
                        for (int i = 0; i < given.length; i++) {
                            assertTrue(given[i] != MASK || got[i] == 0, "exactly 0 where masked");
                        }
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theMatcherGivesThemNoProbability(Masked c) throws IOException {
        HungarianMatcher matcher = HungarianMatcher.published();
        double[] cost = matcher.cost(c.rows("logits"), c.rows("boxes"), c.target());
        float[] expected = flat(c.rows("cost"));
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], cost[i], 2e-6, "pair " + i);
        }
        Match match = matcher.match(c.rows("logits"), c.rows("boxes"), c.target());
        GoldenCases.on("onednn", () -> {
            try (Scope scope = Scope.open()) {
                Match same = matcher.match(tensor(c.rows("logits")), tensor(c.rows("boxes")), List.of(c.target()))
                        .get(0);
                assertArrayEquals(match.queries(), same.queries());
                assertArrayEquals(match.objects(), same.objects());
            }
        });
        for (int i = 0; i < match.count(); i++) {
            assertEquals(c.json().get("queries").get(match.objects()[i]).asInt(), match.queries()[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void otherThanNumbersStayErrors(float value) throws IOException {
        Masked c = cases().get(0);
        float[][] logits = c.rows("logits");
        logits[1][2] = value;
        String matching = assertThrows(
                        IllegalArgumentException.class,
                        () -> HungarianMatcher.published().match(logits, c.rows("boxes"), c.target()))
                .getMessage();
        assertTrue(matching.startsWith("matcher: logits[1][2]: expected a finite number, got " + value), matching);
        GoldenCases.on("onednn", () -> {
            String loss = assertThrows(
                            IllegalArgumentException.class,
                            () -> SoftTokenLoss.of(logits, c.rows("target"), c.weight()))
                    .getMessage();
            assertTrue(loss.startsWith("soft token loss: logits[1][2]: expected a finite number, got " + value), loss);
        });
    }

    @Test
    void aTargetOnAMaskedTokenIsAnError() throws IOException {
        GoldenCases.on("onednn", () -> {
            float[][] logits = {{1, 2, 0}, {1, MASK, 0}};
            float[][] target = {{1, 0, 0}, {0, 1, 0}};
            String message = assertThrows(
                            IllegalArgumentException.class, () -> SoftTokenLoss.of(logits, target, new float[] {1, 1}))
                    .getMessage();
            assertTrue(
                    message.startsWith(
                            "soft token loss: logits, row 1, token 1: is masked (-Infinity), and its target is"
                                    + " 1.0: the loss would be infinite"),
                    message);
            float alone = SoftTokenLoss.of(logits, target, new float[] {1, 0});
            assertEquals(Math.log(Math.exp(1) + Math.exp(2) + 1) - 1, alone, 1e-6, "a row without weight says nothing");
        });
    }

    @Test
    void aRowThatIsMaskedWholeIsAnErrorOfTheMatcher() {
        Target target = new Target(new float[][] {{.5f, .5f, .1f, .1f}}, new float[][] {{1, 0}}, null);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> HungarianMatcher.published()
                                .match(new float[][] {{MASK, MASK}}, new float[][] {{.5f, .5f, .2f, .2f}}, target))
                .getMessage();
        assertTrue(message.startsWith("matcher: logits[0]: all tokens are masked"), message);
    }
}
