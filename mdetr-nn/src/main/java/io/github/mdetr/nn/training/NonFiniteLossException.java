package io.github.mdetr.nn.training;

import java.util.List;

/** A loss or a gradient was no finite number. */
public final class NonFiniteLossException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private NonFiniteLossException(String message) {
        super(message);
    }

    /** On one batch, which may be what is wrong. */
    static NonFiniteLossException on(StepReport report, List<String> ids) {
        return new NonFiniteLossException(what(report, ids)
                + "; nothing was changed by it and the last checkpoint is good: lower the learning rate, clip gradients,"
                + " look at these examples, or skip such batches");
    }

    /** From that step on, on {@link TrainerOptions#MOST_SKIPPED} tries. */
    static NonFiniteLossException diverged(long step) {
        return new NonFiniteLossException("step " + step + ": since then the loss or the gradient is no finite number, "
                + TrainerOptions.MOST_SKIPPED
                + " times: the weights have diverged, and are not saved; lower the learning rate or clip gradients");
    }

    static String what(StepReport report, List<String> ids) {
        return "step " + report.step() + ": "
                + (Float.isFinite(report.loss())
                        ? "the gradient's norm is " + report.gradientNorm()
                        : "the loss is " + report.loss())
                + " on the batch " + ids;
    }
}
