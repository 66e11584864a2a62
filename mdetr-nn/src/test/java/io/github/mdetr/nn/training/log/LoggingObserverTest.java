package io.github.mdetr.nn.training.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.training.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoggingObserverTest {
    /** Keeps what it is given. */
    private static final class Kept implements MetricSink {
        final List<Metrics> all = new ArrayList<>();
        boolean closed;

        @Override
        public void write(Metrics metrics) {
            all.add(metrics);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static StepReport report(long step, float loss, boolean applied) {
        List<LossTerm> terms = List.of(
                new LossTerm("loss_bbox", loss / 10, 5),
                new LossTerm("loss_bbox_0", loss / 5, 5),
                new LossTerm("cardinality_error", 3, 0));
        return new StepReport(step, loss, terms, 2 * loss, applied, 0.5);
    }

    @Test
    void meansOfEveryFewStepsAreWritten() throws IOException {
        Kept kept = new Kept();
        StringBuilder out = new StringBuilder();
        try (AdamW optimizer =
                        AdamW.of(List.of()).rate(1e-2).group("backbone", 1e-3).build();
                LoggingObserver log = LoggingObserver.of(10, 20)
                        .sink(kept)
                        .every(2)
                        .rates(optimizer)
                        .progress(out, false, () -> 3L << 30)
                        .build()) {
            log.step(report(10, 4, true), List.of("a", "b"), 0.1);
            log.step(report(11, 2, true), List.of("c", "d"), 0.2);
            log.step(report(12, 8, true), List.of("e"), 0.3);
            log.step(report(13, Float.NaN, false), List.of("f"), 0.4);
            assertEquals(2, kept.all.size());
            Metrics first = kept.all.get(0);
            assertEquals(12, first.step(), "steps taken");
            assertEquals(
                    List.of(
                            "train/loss",
                            "train/loss_bbox",
                            "train/loss_bbox_0",
                            "train/cardinality_error",
                            "train/gradient_norm",
                            "train/seconds",
                            "train/waited",
                            "train/skipped",
                            "rate/backbone",
                            "rate/rest"),
                    List.copyOf(first.values().keySet()));
            assertEquals(3, first.values().get("train/loss"));
            assertEquals(0.3, first.values().get("train/loss_bbox"), 1e-6);
            assertEquals(6, first.values().get("train/gradient_norm"));
            assertEquals(1e-2, first.values().get("rate/rest"));
            assertEquals(1e-3, first.values().get("rate/backbone"));
            Metrics second = kept.all.get(1);
            assertEquals(8, second.values().get("train/loss"), "of the step that counts");
            assertEquals(1, second.values().get("train/skipped"));
            assertEquals(0.4, second.values().get("train/waited"));
        }
        assertTrue(kept.closed);
        List<String> lines = out.toString().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(
                lines.get(0).startsWith("step 12/20 (60.0%)  loss 3.000  loss_bbox 0.3000  rate 1.0e-02  "),
                lines.get(0));
        assertTrue(lines.get(0).endsWith("  3.0 GiB"), lines.get(0));
    }

    @Test
    void aTermThatSomeStepsLackIsTheMeanOfThoseThatHaveIt() throws IOException {
        Kept kept = new Kept();
        try (LoggingObserver log = LoggingObserver.of(0, 4).sink(kept).every(4).build()) {
            for (int i = 0; i < 4; i++) {
                List<LossTerm> terms = i == 2 ? List.of(new LossTerm("loss_isfinal", 0.75f, 1)) : List.of();
                log.step(new StepReport(i, 1 + i, terms, 1, true, 0.5), List.of("a"), 0);
            }
        }
        assertEquals(2.5, kept.all.get(0).values().get("train/loss"));
        assertEquals(0.75, kept.all.get(0).values().get("train/loss_isfinal"));
    }

    @Test
    void evaluationsAreWrittenAndTheirScoreGiven() throws IOException {
        Kept kept = new Kept();
        StringBuilder out = new StringBuilder();
        try (LoggingObserver log = LoggingObserver.of(0, 10)
                .sink(kept)
                .evaluator((weights, step) -> new Evaluation(
                        0.75, Map.of("precision", weights.toString().length() / 10.0)))
                .progress(out, true, () -> 0)
                .build()) {
            assertEquals(0.75, log.evaluate(Path.of("weights"), 5));
            log.step(report(5, 1, true), List.of("a"), 0);
        }
        assertEquals(
                Map.of("eval/precision", 0.7, "eval/score", 0.75),
                kept.all.get(0).values());
        assertEquals(5, kept.all.get(0).step());
        assertTrue(out.toString().startsWith("\revaluation after 5  precision 0.7000"), out.toString());
        assertTrue(out.toString().contains("\rstep 6/10 (60.0%)  loss 1.000"), out.toString());
        try (LoggingObserver none = LoggingObserver.of(0, 1).build()) {
            assertTrue(Double.isNaN(none.evaluate(Path.of("weights"), 1)));
        }
        assertThrows(
                IllegalArgumentException.class, () -> LoggingObserver.of(0, 1).every(0));
    }

    /** Two seconds a step of eight examples; the first, which compiles, takes thirty. */
    @Test
    void theLineTellsSpeedAndTimeLeft() {
        long[] now = {0};
        ProgressLine line = new ProgressLine(100, 1_000, () -> now[0]);
        assertEquals("step 100/1000 (10.0%)  rate 5.0e-04  0.0 GiB", line.text(Map.of(), 5e-4, 0));
        now[0] += 30_000_000_000L;
        line.step(101, 8);
        assertTrue(line.text(Map.of(), 1, 0).contains("  0.3 examples/s  ETA 7:29:30"), line.text(Map.of(), 1, 0));
        for (int step = 102; step <= 200; step++) {
            now[0] += 2_000_000_000L;
            line.step(step, 8);
        }
        assertEquals(
                "step 200/1000 (20.0%)  loss 1.235  rate 5.0e-04  4.0 examples/s  ETA 0:26:40  1.5 GiB",
                line.text(Map.of("loss", 1.23456), 5e-4, 3L << 29));
    }
}
