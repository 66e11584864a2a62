package io.github.mdetr.examples.visualization;

import io.github.mdetr.nn.training.log.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A training's log as pictures: {@code loss.png}, the total; {@code losses.png}, the last layer's terms; {@code metrics.png},
 * what evaluations found; {@code rate.png}, learning rates; {@code gradient.png}, the gradient's norm.
 */
public final class TrainingPlots {
    private static final double SMOOTHING = 0.9;

    private TrainingPlots() {}

    /**
     * Draws what the log holds into {@code folder}, in the place of older pictures; what it does not hold is not drawn.
     *
     * @return the files, in the order above
     */
    public static List<Path> write(List<Metrics> log, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        draw(log, "loss", n -> n.equals("train/loss"), true, folder.resolve("loss.png"), files);
        draw(log, "losses", n -> n.matches("train/loss_.*(?<!_\\d{1,3})"), true, folder.resolve("losses.png"), files);
        draw(log, "evaluation", n -> n.startsWith("eval/"), false, folder.resolve("metrics.png"), files);
        draw(log, "learning rate", n -> n.startsWith("rate/"), false, folder.resolve("rate.png"), files);
        draw(log, "gradient norm", n -> n.equals("train/gradient_norm"), true, folder.resolve("gradient.png"), files);
        return files;
    }

    private static void draw(
            List<Metrics> log, String title, Predicate<String> names, boolean noisy, Path file, List<Path> files)
            throws IOException {
        Set<String> found = new TreeSet<>();
        log.forEach(m -> m.values().keySet().stream().filter(names).forEach(found::add));
        LinePlot plot = new LinePlot(title, "steps");
        for (String name : found) {
            double[][] line = line(log, name);
            String shown = name.substring(name.indexOf('/') + 1);
            if (noisy) {
                plot.smoothed(shown, line[0], line[1], SMOOTHING);
            } else {
                plot.line(shown, line[0], line[1]);
            }
        }
        if (noisy) {
            plot.logarithmic();
        }
        if (!plot.isEmpty()) {
            plot.write(file);
            files.add(file);
        }
    }

    /** Steps and values of one name. */
    private static double[][] line(List<Metrics> log, String name) {
        double[] steps = new double[log.size()];
        double[] values = new double[log.size()];
        int n = 0;
        for (Metrics m : log) {
            Double value = m.values().get(name);
            if (value != null) {
                steps[n] = m.step();
                values[n++] = value;
            }
        }
        return new double[][] {Arrays.copyOf(steps, n), Arrays.copyOf(values, n)};
    }
}
