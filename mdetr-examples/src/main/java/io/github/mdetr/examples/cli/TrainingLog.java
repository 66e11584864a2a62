package io.github.mdetr.examples.cli;

import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.ParameterGroup;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.training.StepReport;
import io.github.mdetr.nn.training.TrainingObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines of what is learned: for programs in the run's folder, for people on standard output. */
final class TrainingLog implements TrainingObserver {
    private static final double SMOOTHING = 0.98;

    /** What judges weights. */
    @FunctionalInterface
    interface Judge {
        /** Figures by their names, the first of them what counts: larger is better. */
        Map<String, Double> judge(Path weights) throws IOException;
    }

    private final Path file;
    private final PrintWriter out;
    private final Optimizer optimizer;
    private final Judge judge;
    private final long steps;
    private final int every;
    private final long start = System.nanoTime();
    private double loss = Double.NaN;
    private long first = -1;

    TrainingLog(Path file, PrintWriter out, Optimizer optimizer, Judge judge, long steps, int every) {
        this.file = file;
        this.out = out;
        this.optimizer = optimizer;
        this.judge = judge;
        this.steps = steps;
        this.every = every;
    }

    @Override
    public void step(StepReport r, List<String> ids, double waited) throws IOException {
        first = first < 0 ? r.step() : first;
        if (!r.applied()) {
            print("step " + r.step() + ": skipped, its loss or gradient is no number, on the batch " + ids);
            append(JsonLine.write(false, json -> {
                json.writeNumberField("step", r.step());
                json.writeStringField("skipped", String.join(", ", ids));
            }));
            return;
        }
        loss = Double.isNaN(loss) ? r.loss() : SMOOTHING * loss + (1 - SMOOTHING) * r.loss();
        if (r.step() % every != 0) {
            return;
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        append(JsonLine.write(false, json -> {
            json.writeNumberField("step", r.step());
            json.writeNumberField("loss", r.loss());
            json.writeNumberField("mean_loss", loss);
            json.writeNumberField("norm", r.gradientNorm());
            json.writeNumberField("seconds", r.seconds());
            json.writeNumberField("waited", waited);
            json.writeNumberField("elapsed", elapsed);
            for (ParameterGroup g : optimizer.groups()) {
                json.writeNumberField("rate." + g.name(), optimizer.rate(g));
            }
            for (LossTerm t : r.terms()) {
                json.writeNumberField(t.name(), t.value());
            }
        }));
        double left = (steps - r.step() - 1) * elapsed / (r.step() - first + 1);
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "step %d/%d loss %.3f norm %.1f rate %.2e %.3f s waited %.1f s left %d:%02d h",
                r.step(),
                steps,
                loss,
                r.gradientNorm(),
                optimizer.rate(optimizer.groups().get(optimizer.groups().size() - 1)),
                r.seconds(),
                waited,
                (long) left / 3600,
                (long) left / 60 % 60));
        ResidentMemory.peakMebibytes()
                .ifPresent(mebibytes -> line.append(" peak ").append(mebibytes).append(" MiB"));
        print(line.toString());
    }

    @Override
    public double evaluate(Path weights, long step) throws IOException {
        Map<String, Double> figures = judge.judge(weights);
        if (figures.isEmpty()) {
            return Double.NaN;
        }
        StringBuilder line = new StringBuilder("step " + step);
        figures.forEach((name, value) -> line.append(String.format(Locale.ROOT, " %s %.3f", name, value)));
        print(line.toString());
        append(JsonLine.write(false, json -> {
            json.writeNumberField("step", step);
            for (Map.Entry<String, Double> e : figures.entrySet()) {
                json.writeNumberField(e.getKey(), e.getValue());
            }
        }));
        return figures.values().iterator().next();
    }

    private void append(String line) throws IOException {
        Files.writeString(file, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
