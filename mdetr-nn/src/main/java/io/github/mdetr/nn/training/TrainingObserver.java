package io.github.mdetr.nn.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What watches a training: logs, evaluations. */
public interface TrainingObserver {
    /**
     * A step was taken.
     *
     * @param ids of the batch's examples
     * @param waited seconds that batches were waited for, since the beginning
     */
    default void step(StepReport report, List<String> ids, double waited) throws IOException {}

    /**
     * Weights to judge.
     *
     * @param weights a checkpoint as any program loads it
     * @param step number of steps that it has learned
     * @return how good it is, larger being better; NaN where it was not judged
     */
    default double evaluate(Path weights, long step) throws IOException {
        return Double.NaN;
    }
}
