package io.github.mdetr.nn.training;

/**
 * How long to train and when to look up from it.
 *
 * @param steps in all
 * @param checkpointEvery steps between two checkpoints
 * @param evaluateEvery steps between two evaluations; 0 for none but the last
 * @param loaderThreads threads that make batches
 * @param ahead batches that are made before they are asked for
 * @param nonFinite what to do when a loss or a gradient is no finite number
 * @param passes batches of a step, whose gradients are averaged: large batches with the memory of small ones
 */
public record TrainerOptions(
        long steps,
        int checkpointEvery,
        int evaluateEvery,
        int loaderThreads,
        int ahead,
        NonFinite nonFinite,
        int passes) {

    /** Steps in a row that are skipped at most: then it is the weights that are wrong, and not a batch. */
    public static final int MOST_SKIPPED = 20;

    /** What to do when a loss or a gradient is no finite number. */
    public enum NonFinite {
        /**
         * Leave the weights as they were and go on with the next batch; no checkpoint is replaced before a step counts again.
         * After {@value #MOST_SKIPPED} in a row as {@link #STOP}; a training that ends before tries the next batches.
         */
        SKIP,
        /** End the training with an error; the last checkpoint stays. */
        STOP
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public TrainerOptions {
        require(steps >= 1, "steps", "1 or more", steps);
        require(checkpointEvery >= 1, "checkpointEvery", "1 or more", checkpointEvery);
        require(evaluateEvery >= 0, "evaluateEvery", "0 or more", evaluateEvery);
        require(loaderThreads >= 1, "loaderThreads", "1 or more", loaderThreads);
        require(ahead >= 0, "ahead", "0 or more", ahead);
        require(passes >= 1, "passes", "1 or more", passes);
    }

    /** One batch a step. */
    public TrainerOptions(
            long steps, int checkpointEvery, int evaluateEvery, int loaderThreads, int ahead, NonFinite nonFinite) {
        this(steps, checkpointEvery, evaluateEvery, loaderThreads, ahead, nonFinite, 1);
    }

    private static void require(boolean condition, String name, String expected, Number got) {
        if (!condition) {
            throw new IllegalArgumentException("trainer: " + name + " must be " + expected + ", got " + got);
        }
    }

    /** So many steps; a checkpoint each 500, an evaluation each 2000, one loader thread, stop where numbers are not finite. */
    public static TrainerOptions of(long steps) {
        return new TrainerOptions(steps, 500, 2000, 1, 3, NonFinite.STOP);
    }
}
