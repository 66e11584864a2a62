package io.github.mdetr.nn.training;

import java.util.List;

/** A loss or a gradient was no finite number. */
public final class NonFiniteLossException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** After so many such steps in a row, this one included. */
    NonFiniteLossException(StepReport report, List<String> ids, int inARow) {
        super(what(report, ids)
                + (inARow == 1
                        ? "; nothing was changed by it and the last checkpoint is good: lower the learning rate, clip gradients,"
                                + " look at these examples, or skip such batches"
                        : ", as in the " + (inARow - 1)
                                + " steps before: the weights have diverged, and are not saved; lower the"
                                + " learning rate or clip gradients"));
    }

    static String what(StepReport report, List<String> ids) {
        return "step " + report.step() + ": "
                + (Float.isFinite(report.loss())
                        ? "the gradient's norm is " + report.gradientNorm()
                        : "the loss is " + report.loss())
                + " on the batch " + ids;
    }
}
