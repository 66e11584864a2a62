package io.github.mdetr.nn.training;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.StepResult;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.List;
import java.util.SplittableRandom;

/** One step: forward, losses, gradients, optimizer. What is random in it depends on seed and step alone. */
public final class TrainingStep {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final MdetrModel model;
    private final Criterion criterion;
    private final Optimizer optimizer;
    private final long seed;
    private final boolean dropout;

    /** Trains {@code model}, made for training, with its dropout or without. */
    public TrainingStep(MdetrModel model, Criterion criterion, Optimizer optimizer, long seed, boolean dropout) {
        this.model = model;
        this.criterion = criterion;
        this.optimizer = optimizer;
        this.seed = seed;
        this.dropout = dropout;
    }

    /** Takes the step. */
    public StepReport run(long step, PreparedBatch batch) {
        return Context.with(model.device(), () -> model.device().run(() -> compute(step, batch)));
    }

    private StepReport compute(long step, PreparedBatch batch) {
        long start = System.nanoTime();
        Dropout drop = dropout ? Dropout.from(new SplittableRandom(seed + step * GOLDEN_GAMMA)) : Dropout.none();
        float loss;
        List<LossTerm> terms;
        StepResult result;
        try (MdetrInput input = batch.input(model.device())) {
            Gradients found;
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record();
                    MdetrOutput out = model.forward(input, ForwardOptions.training(drop));
                    Losses losses = criterion.of(out, batch.targets())) {
                loss = losses.total().item();
                terms = losses.terms();
                if (!Float.isFinite(loss)) {
                    return new StepReport(step, loss, terms, Double.NaN, false, seconds(start));
                }
                found = tape.backward(losses.total());
            }
            try (Gradients g = found) {
                result = optimizer.step(g);
            }
        }
        return new StepReport(step, loss, terms, result.gradientNorm(), result.applied(), seconds(start));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
