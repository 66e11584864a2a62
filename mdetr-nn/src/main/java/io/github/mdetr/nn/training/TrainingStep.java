package io.github.mdetr.nn.training;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.StepResult;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step: forward, losses, gradients, optimizer. What is random in it depends on seed and step alone. */
public final class TrainingStep {
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

    /** Takes a step by one batch. */
    public StepReport run(long step, PreparedBatch batch) {
        return run(step, List.of(batch));
    }

    /**
     * Takes a step by the mean of the gradients of several batches, one pass each.
     *
     * <p>When a loss or a gradient is no finite number nothing is changed, running statistics included.
     */
    public StepReport run(long step, List<PreparedBatch> passes) {
        return Context.with(model.device(), () -> model.device().run(() -> compute(step, passes)));
    }

    /** Whether a batch has a finite loss and gradient; changes nothing. */
    boolean isSound(long index, PreparedBatch batch) {
        return Context.with(
                model.device(),
                () -> model.device().run(() -> {
                    Map<Parameter, float[]> running = runningStatistics();
                    try (Gradients found = pass(index, batch, new StepLosses())) {
                        return found != null && Double.isFinite(optimizer.norm(found));
                    } finally {
                        restore(running);
                    }
                }));
    }

    private StepReport compute(long step, List<PreparedBatch> passes) {
        long start = System.nanoTime();
        Map<Parameter, float[]> running = runningStatistics();
        StepLosses losses = new StepLosses();
        Gradients sum = null;
        StepResult result;
        try {
            for (int i = 0; i < passes.size(); i++) {
                Gradients found = pass(step * passes.size() + i, passes.get(i), losses);
                if (found == null) {
                    restore(running);
                    return losses.report(step, Double.NaN, false, seconds(start));
                }
                if (sum == null) {
                    sum = found;
                } else {
                    sum.add(found);
                }
            }
            if (sum == null) {
                throw new IllegalArgumentException("training step " + step + ": expected at least one batch, got none");
            }
            result = optimizer.step(sum, 1.0 / passes.size());
        } finally {
            if (sum != null) {
                sum.close();
            }
        }
        if (!result.applied()) {
            restore(running);
        }
        return losses.report(step, result.gradientNorm(), result.applied(), seconds(start));
    }

    /** The gradients of a batch; null where its loss is no finite number. */
    private @Nullable Gradients pass(long index, PreparedBatch batch, StepLosses sum) {
        Dropout drop = dropout ? Dropout.from(RandomStream.DROPOUT.of(seed, index)) : Dropout.none();
        try (MdetrInput input = batch.input(model.device());
                Scope scope = Scope.open();
                Tape tape = Tape.record();
                MdetrOutput out = model.forward(input, ForwardOptions.training(drop));
                Losses losses = losses(out, batch)) {
            if (losses == null) {
                sum.add(Float.NaN, List.of());
                return null;
            }
            float loss = losses.total().item();
            sum.add(loss, losses.terms());
            return Float.isFinite(loss) ? tape.backward(losses.total()) : null;
        }
    }

    /** Null where predictions are no finite numbers, which the criterion refuses. */
    private @Nullable Losses losses(MdetrOutput out, PreparedBatch batch) {
        try {
            return criterion.of(out, batch.targets());
        } catch (IllegalArgumentException e) {
            if (out.predictions().allMatch(TrainingStep::isFinite)) {
                throw e;
            }
            return null;
        }
    }

    private static boolean isFinite(Tensor t) {
        for (float v : t.toFloats()) {
            if (!Float.isFinite(v)) {
                return false;
            }
        }
        return true;
    }

    /** What the passes change before it is known whether the step counts. */
    private Map<Parameter, float[]> runningStatistics() {
        Map<Parameter, float[]> values = new LinkedHashMap<>();
        for (Parameter p : model.parameters().all()) {
            if (p.isRunning()) {
                values.put(p, p.values());
            }
        }
        return values;
    }

    private static void restore(Map<Parameter, float[]> running) {
        running.forEach((p, values) -> p.tensor().write(FloatBuffer.wrap(values)));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
