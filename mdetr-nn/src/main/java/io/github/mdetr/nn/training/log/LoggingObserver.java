package io.github.mdetr.nn.training.log;

import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.ParameterGroup;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.training.StepReport;
import io.github.mdetr.nn.training.TrainingObserver;
import java.io.Flushable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training down: every few steps the means of its losses, with the gradient's norm, the rates, the speed and the time
 * that batches were waited for, and after each evaluation what was measured.
 *
 * <p>Names: {@code train/loss} and each of the criterion's terms under {@code train/}; {@code train/gradient_norm},
 * {@code train/seconds} of a step, {@code train/waited} seconds since the training began, {@code train/skipped} steps whose loss
 * was not finite; {@code rate/GROUP}; {@code eval/NAME}. The step is the number of steps taken.
 */
public final class LoggingObserver implements TrainingObserver, AutoCloseable {
    private static final String CLEAR_REST = "\u001b[K";

    /** How weights are judged. */
    @FunctionalInterface
    public interface Evaluator {
        /** Judges {@code weights}, a checkpoint that any program loads, after {@code step} steps. */
        Evaluation evaluate(Path weights, long step) throws IOException;
    }

    private final List<MetricSink> sinks;
    private final int every;
    private final long steps;
    private final @Nullable Optimizer optimizer;
    private final @Nullable Evaluator evaluator;
    private final @Nullable Appendable out;
    private final boolean terminal;
    private final LongSupplier memory;
    private final ProgressLine progress;

    /** Not every step has every term, such as one that few captions have a truth for. */
    private final Map<String, DoubleSummaryStatistics> sums = new LinkedHashMap<>();

    private double norms;
    private double seconds;
    private int counted;
    private int skipped;
    private long taken;
    private double waited;

    private LoggingObserver(Builder b) {
        sinks = List.copyOf(b.sinks);
        every = b.every;
        steps = b.steps;
        optimizer = b.optimizer;
        evaluator = b.evaluator;
        out = b.out;
        terminal = b.terminal;
        memory = b.memory;
        progress = new ProgressLine(b.firstStep, b.steps);
    }

    /**
     * Begins one.
     *
     * @param firstStep number of steps taken before
     * @param steps number of steps in all
     */
    public static Builder of(long firstStep, long steps) {
        return new Builder(firstStep, steps);
    }

    @Override
    public void step(StepReport report, List<String> ids, double waitedSeconds) throws IOException {
        taken = report.step() + 1;
        waited = waitedSeconds;
        progress.step(taken, ids.size());
        if (report.applied()) {
            add("loss", report.loss());
            report.terms().forEach(t -> add(t.name(), t.value()));
            norms += report.gradientNorm();
            seconds += report.seconds();
            counted++;
        } else {
            skipped++;
        }
        boolean due = taken % every == 0 || taken == steps;
        if (terminal || due) {
            show(report, means(), due);
        }
        if (due) {
            write();
        }
    }

    private void add(String name, double value) {
        sums.computeIfAbsent(name, n -> new DoubleSummaryStatistics()).accept(value);
    }

    private Map<String, Double> means() {
        Map<String, Double> means = new LinkedHashMap<>();
        sums.forEach((name, sum) -> means.put(name, sum.getAverage()));
        return means;
    }

    /** The means since the last time. */
    private void write() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        means().forEach((name, mean) -> values.put("train/" + name, mean));
        if (counted > 0) {
            values.put("train/gradient_norm", norms / counted);
            values.put("train/seconds", seconds / counted);
        }
        values.put("train/waited", waited);
        values.put("train/skipped", (double) skipped);
        if (optimizer != null) {
            for (ParameterGroup g : optimizer.groups()) {
                values.put("rate/" + g.name(), optimizer.rate(g));
            }
        }
        sums.clear();
        norms = 0;
        seconds = 0;
        counted = 0;
        skipped = 0;
        write(Metrics.now(taken, values));
    }

    private void write(Metrics metrics) throws IOException {
        for (MetricSink sink : sinks) {
            sink.write(metrics);
        }
    }

    /** The total and the last layer's weighted terms, whose names end in no number. */
    private void show(StepReport report, Map<String, Double> means, boolean lineEnds) throws IOException {
        if (out == null) {
            return;
        }
        Map<String, Double> shown = new LinkedHashMap<>();
        Double loss = means.get("loss");
        if (loss != null) {
            shown.put("loss", loss);
        }
        for (LossTerm t : report.terms()) {
            Double mean = means.get(t.name());
            if (mean != null && t.weight() != 0 && !t.name().matches(".*_\\d+")) {
                shown.put(t.name(), mean);
            }
        }
        double rate = optimizer == null
                ? Double.NaN
                : optimizer.rate(optimizer.groups().get(optimizer.groups().size() - 1));
        out.append(terminal ? "\r" : "").append(progress.text(shown, rate, memory.getAsLong()));
        out.append(terminal ? CLEAR_REST : "").append(!terminal && lineEnds ? System.lineSeparator() : "");
        flush(out);
    }

    @Override
    public double evaluate(Path weights, long step) throws IOException {
        if (evaluator == null) {
            return Double.NaN;
        }
        Evaluation found = evaluator.evaluate(weights, step);
        Map<String, Double> values = new LinkedHashMap<>();
        found.metrics().forEach((name, value) -> values.put("eval/" + name, value));
        if (!Double.isNaN(found.score())) {
            values.put("eval/score", found.score());
        }
        write(Metrics.now(step, values));
        if (out != null) {
            StringBuilder line = new StringBuilder(terminal ? "\r" : "")
                    .append("evaluation after ")
                    .append(step);
            found.metrics().forEach((name, value) -> line.append(String.format(Locale.ROOT, "  %s %.4g", name, value)));
            out.append(line).append(terminal ? CLEAR_REST : "").append(System.lineSeparator());
            flush(out);
        }
        return found.score();
    }

    private static void flush(Appendable out) throws IOException {
        if (out instanceof Flushable f) {
            f.flush();
        }
    }

    /** Writes what steps since the last line have brought. */
    public void flush() throws IOException {
        if (counted + skipped > 0) {
            write();
        }
    }

    /** The same, and closes the logs. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        try {
            flush();
        } catch (IOException e) {
            failure = e;
        }
        for (MetricSink sink : sinks) {
            try {
                sink.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (out != null && terminal) {
            out.append(System.lineSeparator());
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What to write, and where. */
    public static final class Builder {
        private final long firstStep;
        private final long steps;
        private final List<MetricSink> sinks = new ArrayList<>();
        private int every = 50;
        private @Nullable Optimizer optimizer;
        private @Nullable Evaluator evaluator;
        private @Nullable Appendable out;
        private boolean terminal;
        private LongSupplier memory = () -> 0;

        private Builder(long firstStep, long steps) {
            this.firstStep = firstStep;
            this.steps = steps;
        }

        /** A log, which the observer closes. */
        public Builder sink(MetricSink sink) {
            sinks.add(sink);
            return this;
        }

        /**
         * Steps between two lines of the logs; 50 where it is not said.
         *
         * @throws IllegalArgumentException for less than 1
         */
        public Builder every(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("log: expected 1 step or more between two lines, got " + count);
            }
            every = count;
            return this;
        }

        /** Whose rates are told. */
        public Builder rates(Optimizer of) {
            optimizer = of;
            return this;
        }

        /** What judges weights; without one none are judged. */
        public Builder evaluator(Evaluator judge) {
            evaluator = judge;
            return this;
        }

        /**
         * Shows how far the training is.
         *
         * @param where such as {@code System.err}
         * @param isTerminal whether one line is written over and over, or one added with each line of the logs
         * @param bytes memory in use
         */
        public Builder progress(Appendable where, boolean isTerminal, LongSupplier bytes) {
            out = where;
            terminal = isTerminal;
            memory = bytes;
            return this;
        }

        /** The observer. */
        public LoggingObserver build() {
            return new LoggingObserver(this);
        }
    }
}
