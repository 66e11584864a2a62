package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;

/**
 * Whether a matched box is what is asked for (MDETR on CLEVR-Ref+): binary cross-entropy with a logit, summed.
 *
 * <pre>{@code
 * IsFinalLoss.of(new float[] {0, 2}, new boolean[] {true, true}); // log 2 + log(1 + e⁻²) = 0.8201
 * }</pre>
 */
public final class IsFinalLoss {
    private IsFinalLoss() {}

    /** Σ −log σ(±logit) of logits [N] and targets [N] of 0 and 1, without axes. */
    public static Tensor of(Tensor logits, Tensor target) {
        LossInput.rank("isfinal loss: logits", logits, 1);
        LossInput.shape("isfinal loss: target", target, logits.shape());
        try (Scope scope = Scope.open()) {
            return scope.keep(Reductions.sum(Elementwise.binaryCrossEntropyWithLogits(logits, target)));
        }
    }

    /**
     * The same for plain arrays of one length.
     *
     * @throws IllegalArgumentException naming the value that is no number
     */
    public static float of(float[] logits, boolean[] target) {
        float[] wanted = new float[target.length];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = target[i] ? 1 : 0;
        }
        try (Scope scope = Scope.open()) {
            return of(
                            LossInput.vector("isfinal loss: logits", logits),
                            LossInput.vector("isfinal loss: target", wanted))
                    .item();
        }
    }
}
