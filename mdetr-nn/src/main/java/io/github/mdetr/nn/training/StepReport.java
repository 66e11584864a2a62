package io.github.mdetr.nn.training;

import io.github.mdetr.nn.loss.LossTerm;
import java.util.List;

/**
 * What came of a step of training.
 *
 * @param step its number, from 0 on
 * @param loss the weighted total
 * @param terms its parts
 * @param gradientNorm before clipping
 * @param applied false when loss or gradients were no finite numbers: nothing was changed then
 * @param seconds that it took, without waiting for the batch
 */
public record StepReport(
        long step, float loss, List<LossTerm> terms, double gradientNorm, boolean applied, double seconds) {
    /** Copies the list. */
    public StepReport {
        terms = List.copyOf(terms);
    }
}
