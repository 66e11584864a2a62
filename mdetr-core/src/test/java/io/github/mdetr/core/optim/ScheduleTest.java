package io.github.mdetr.core.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rates, against the schedulers of PyTorch and transformers. */
class ScheduleTest {
    private static final ParameterGroup REST = new ParameterGroup(ParameterGroup.REST, 1);
    private static final ParameterGroup TEXT = new ParameterGroup(Schedule.TEXT_ENCODER, 1);
    private static final int STEPS_PER_EPOCH = 3;

    private interface Check {
        void check(JsonNode settings, double[] factors);
    }

    private static void each(String name, int atLeast, Check check) {
        List<JsonNode> of = OptimizerFixturesTest.schedules().stream()
                .filter(s -> s.get("name").asText().equals(name))
                .toList();
        assertTrue(of.size() >= atLeast, name);
        for (JsonNode s : of) {
            double[] factors = new double[s.get("factors").size()];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = s.get("factors").get(i).asDouble();
            }
            check.check(s.get("settings"), factors);
        }
    }

    /** The first step runs at the base rate, the one after step s at the factor of s. */
    private static void assertPublished(String what, Schedule got, ParameterGroup group, double[] factors, int repeat) {
        assertEquals(1, got.factor(0, group), what);
        for (int s = 0; s < factors.length * repeat; s++) {
            assertEquals(factors[s / repeat], got.factor(s + 1L, group), 1e-12, what + ", step " + s);
        }
    }

    @Test
    void stepDropsToATenth() {
        each("step", 2, (settings, factors) -> {
            int drop = settings.get("drop").asInt();
            Schedule s = Schedule.step(STEPS_PER_EPOCH, drop);
            assertPublished("step " + settings, s, REST, factors, STEPS_PER_EPOCH);
            Schedule withWarmup =
                    Schedule.linearWithWarmup(STEPS_PER_EPOCH, drop, (long) STEPS_PER_EPOCH * factors.length);
            assertPublished("linear_with_warmup, rest", withWarmup, REST, factors, STEPS_PER_EPOCH);
        });
    }

    @Test
    void multistepHalves() {
        each("multistep", 1, (settings, factors) -> {
            int epochs = settings.get("epochs").asInt();
            Schedule s =
                    Schedule.multistep(STEPS_PER_EPOCH, settings.get("drop").asInt(), epochs);
            assertPublished("multistep " + settings, s, TEXT, factors, STEPS_PER_EPOCH);
            assertEquals(factors[epochs - 1], s.factor(10L * epochs * STEPS_PER_EPOCH, TEXT), "after the end");
        });
    }

    @Test
    void linearRisesAndFalls() {
        each("linear", 7, (settings, factors) -> {
            long total = settings.get("total").asLong();
            String what = "linear " + settings;
            assertPublished(what, Schedule.linearWithWarmup(1, 35, total), TEXT, factors, 1);
            assertPublished(what, Schedule.allLinearWithWarmup(total), TEXT, factors, 1);
            assertPublished(what, Schedule.allLinearWithWarmup(total), REST, factors, 1);
            assertEquals(0, Schedule.allLinearWithWarmup(total).factor(total + 1, REST), what);
            assertEquals(0, Schedule.allLinearWithWarmup(total).factor(total + 100, REST), what);
        });
    }

    /** From the warm-up's end on as transformers; before it one step ahead, since a first step at rate 0 would be lost. */
    @Test
    void cosineFallsAfterItsWarmup() {
        each("cosine", 3, (settings, factors) -> {
            int warmup = settings.get("warmup").asInt();
            Schedule s = Schedule.cosineWithWarmup(warmup, settings.get("total").asLong());
            for (int i = 0; i < factors.length; i++) {
                double expected = factors[i < warmup ? i + 1 : i];
                assertEquals(expected, s.factor(i, REST), 1e-12, settings + ", step " + i);
            }
            assertEquals(0, s.factor(factors.length + 5L, REST), 1e-12);
        });
        assertEquals(1, Schedule.constant().factor(1_000_000, TEXT));
    }

    /** By hand: nobody else's has this form. As long as it stays the total does not matter. */
    @Test
    void warmupStableDecayRisesStaysAndFalls() {
        Schedule s = Schedule.warmupStableDecay(4, 5, 20);
        double[] expected = {.25, .5, .75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, .8, .6, .4, .2, 0, 0};
        Schedule longer = Schedule.warmupStableDecay(4, 5, 30);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], s.factor(i, REST), 1e-12, "step " + i);
            assertEquals(i < 4 ? expected[i] : 1, longer.factor(i, REST), 1e-12, "step " + i);
        }
        assertEquals(1, Schedule.warmupStableDecay(0, 0, 1).factor(0, TEXT));
    }

    @Test
    void settingsThatMakeNoScheduleAreErrors() {
        for (Runnable wrong : List.<Runnable>of(
                () -> Schedule.step(0, 35),
                () -> Schedule.step(10, 0),
                () -> Schedule.multistep(-1, 1, 10),
                () -> Schedule.linearWithWarmup(10, 35, 0),
                () -> Schedule.allLinearWithWarmup(0),
                () -> Schedule.warmupStableDecay(6, 5, 10),
                () -> Schedule.warmupStableDecay(-1, 5, 10),
                () -> Schedule.cosineWithWarmup(-1, 10),
                () -> Schedule.cosineWithWarmup(11, 10))) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, wrong::run);
            assertTrue(e.getMessage().contains("expected at least"), e.getMessage());
        }
    }
}
