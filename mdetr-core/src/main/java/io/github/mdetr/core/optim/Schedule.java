package io.github.mdetr.core.optim;

/**
 * What multiplies a group's base learning rate at each step: a pure function, so that training resumed at a step goes on at
 * its rate.
 *
 * <p>The published schedules ({@link #step}, {@link #multistep}, {@link #linearWithWarmup}, {@link #allLinearWithWarmup})
 * set the rate <em>after</em> each step: step 0 runs at the base rates, step s + 1 at f(s), with the epoch
 * ⌊s / stepsPerEpoch⌋. The others give step s its own rate.
 */
@FunctionalInterface
public interface Schedule {
    /** Share of the steps over which the published warm-ups rise. */
    double WARMUP_SHARE = 0.01;

    /** Epochs between two halvings of {@link #multistep}. */
    int HALVING_EPOCHS = 50;

    /** The group of the text encoder in the published schedules. */
    String TEXT_ENCODER = "text_encoder";

    /**
     * The factor.
     *
     * @param step number of steps taken before, from 0 on
     */
    double factor(long step, ParameterGroup group);

    /** Always the base rate. */
    static Schedule constant() {
        return (step, group) -> 1;
    }

    /**
     * Rises by equal parts to the base rate, which step {@code warmup − 1} has, then falls along half a cosine towards 0 at
     * step {@code total} (Loshchilov and Hutter 2017, without restarts).
     */
    static Schedule cosineWithWarmup(long warmup, long total) {
        Settings.steps("cosine schedule: steps of warm-up", warmup, 0);
        Settings.steps("cosine schedule: steps in all", total, Math.max(1, warmup));
        return (step, group) -> {
            if (step < warmup) {
                return (step + 1) / (double) warmup;
            }
            double passed = Math.min(1, (step - warmup) / (double) Math.max(1, total - warmup));
            return 0.5 * (1 + Math.cos(Math.PI * passed));
        };
    }

    /**
     * Rises by equal parts to the base rate, which step {@code warmup − 1} has, stays, and over the last {@code decay} of
     * {@code total} steps falls by equal parts to 0 (warm-up, stable, decay: Hu et al. 2024). As long as it stays the total can
     * still be changed.
     */
    static Schedule warmupStableDecay(long warmup, long decay, long total) {
        Settings.steps("warm-up, stable, decay schedule: steps of warm-up", warmup, 0);
        Settings.steps("warm-up, stable, decay schedule: steps of decay", decay, 0);
        Settings.steps("warm-up, stable, decay schedule: steps in all", total, Math.max(1, warmup + decay));
        return (step, group) -> {
            if (step < warmup) {
                return (step + 1) / (double) warmup;
            }
            return Math.max(0, Math.min(1, (total - step) / (double) Math.max(1, decay)));
        };
    }

    /** A tenth of the rate after each {@code drop} epochs: 0.1^⌊epoch / drop⌋. */
    static Schedule step(long stepsPerEpoch, int drop) {
        checkEpochs("step", stepsPerEpoch, drop);
        return afterEachStep((s, group) -> tenths(s / stepsPerEpoch, drop));
    }

    /** Half of the rate after {@code drop} epochs and after each {@value #HALVING_EPOCHS} more, of {@code epochs} in all. */
    static Schedule multistep(long stepsPerEpoch, int drop, int epochs) {
        checkEpochs("multistep", stepsPerEpoch, drop);
        return afterEachStep((s, group) -> {
            long epoch = Math.min(s / stepsPerEpoch, Math.max(0, epochs - 1));
            return epoch < drop ? 1 : Math.pow(0.5, (double) (1 + (epoch - drop) / HALVING_EPOCHS));
        });
    }

    /**
     * The published default: {@code text_encoder} rises linearly over the first hundredth of the steps, then falls linearly
     * to 0 at the end; other groups as in {@link #step}.
     *
     * @param total steps of the whole training, {@code stepsPerEpoch · epochs}
     */
    static Schedule linearWithWarmup(long stepsPerEpoch, int drop, long total) {
        checkEpochs("linear_with_warmup", stepsPerEpoch, drop);
        Schedule linear = linear(total);
        return afterEachStep((s, group) ->
                group.name().equals(TEXT_ENCODER) ? linear.factor(s, group) : tenths(s / stepsPerEpoch, drop));
    }

    /** All groups rise linearly over the first hundredth of the steps, then fall linearly to 0 at the end. */
    static Schedule allLinearWithWarmup(long total) {
        return afterEachStep(linear(total));
    }

    private static Schedule linear(long total) {
        Settings.steps("linear schedule: steps in all", total, 1);
        long warmup = (long) Math.rint(WARMUP_SHARE * total); // half to even, as Python rounds
        return (s, group) ->
                s < warmup ? s / (double) warmup : Math.max(0, (total - s) / (double) Math.max(1, total - warmup));
    }

    private static double tenths(long epoch, int drop) {
        long drops = epoch / drop;
        return Math.pow(0.1, (double) drops);
    }

    private static Schedule afterEachStep(Schedule f) {
        return (step, group) -> step == 0 ? 1 : f.factor(step - 1, group);
    }

    private static void checkEpochs(String schedule, long stepsPerEpoch, int drop) {
        Settings.steps(schedule + " schedule: steps of an epoch", stepsPerEpoch, 1);
        Settings.steps(schedule + " schedule: epochs before the drop", drop, 1);
    }
}
