package io.github.mdetr.nn.training.log;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A training's state in one line:
 * {@code step 1200/40000 (3.0%)  loss 12.3  loss_bbox 0.21  rate 5.0e-04  45.3 examples/s  ETA 2:13:05  2.1 GiB}.
 */
public final class ProgressLine {
    /** Steps that the speed is a mean over, the later ones counting more. */
    private static final int MEMORY = 50;

    private final long steps;
    private final LongSupplier nanoTime;
    private long lastStep;
    private long lastTime;
    private int counted;
    private double secondsPerStep;
    private double examplesPerStep;

    /**
     * Of a training.
     *
     * @param firstStep number of steps taken before
     * @param steps number of steps in all
     */
    public ProgressLine(long firstStep, long steps) {
        this(firstStep, steps, System::nanoTime);
    }

    ProgressLine(long firstStep, long steps, LongSupplier nanoTime) {
        this.steps = steps;
        this.nanoTime = nanoTime;
        this.lastStep = firstStep;
        this.lastTime = nanoTime.getAsLong();
    }

    /** Tells that {@code step} steps are taken now, the last of them on so many examples. */
    public void step(long step, int examples) {
        long now = nanoTime.getAsLong();
        double seconds = (now - lastTime) / 1e9 / Math.max(1, step - lastStep);
        double share = 1.0 / Math.min(MEMORY, Math.max(1, counted)); // the second replaces the first, which compiles
        secondsPerStep += share * (seconds - secondsPerStep);
        examplesPerStep += share * (examples - examplesPerStep);
        counted++;
        lastStep = step;
        lastTime = now;
    }

    /**
     * The line.
     *
     * @param numbers to show, by name
     * @param rate learning rate
     * @param memory bytes in use
     */
    public String text(Map<String, Double> numbers, double rate, long memory) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "step %d/%d (%.1f%%)", lastStep, steps, 100.0 * lastStep / Math.max(1, steps)));
        numbers.forEach((name, value) -> line.append(String.format(Locale.ROOT, "  %s %.4g", name, value)));
        line.append(String.format(Locale.ROOT, "  rate %.1e", rate));
        if (secondsPerStep > 0) {
            line.append(String.format(Locale.ROOT, "  %.1f examples/s", examplesPerStep / secondsPerStep));
            line.append("  ETA ").append(clock(secondsPerStep * Math.max(0, steps - lastStep)));
        }
        return line.append(String.format(Locale.ROOT, "  %.1f GiB", memory / (double) (1L << 30)))
                .toString();
    }

    private static String clock(double seconds) {
        Duration d = Duration.ofSeconds(Math.round(seconds));
        return String.format(Locale.ROOT, "%d:%02d:%02d", d.toHours(), d.toMinutesPart(), d.toSecondsPart());
    }
}
