package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a matched box is what is asked for (MDETR on CLEVR-Ref+): binary cross-entropy with a logit, summed.
 *
 * <pre>{@code
 * IsFinalLoss.of(new float[] {0, 2}, new boolean[] {true, true}); // log 2 + log(1 + e⁻²) = 0.8201
 * }</pre>
 */
public final class IsFinalLoss {
    private IsFinalLoss() {}

    /**
     * Σ −log σ(±logit) of logits [N] and targets [N] of 0 and 1, without axes.
     *
     * @throws IllegalArgumentException naming the logit that is no number, or the target that is not from 0 to 1
     */
    public static Tensor of(Tensor logits, Tensor target) {
        LossInput.rank("isfinal loss: logits", logits, 1);
        LossInput.shape("isfinal loss: target", target, logits.shape());
        LossInput.finite("isfinal loss: logits", logits);
        LossInput.range("isfinal loss: target", target, 0, 1);
        try (Scope scope = Scope.open()) {
            return scope.keep(Reductions.sum(Elementwise.binaryCrossEntropyWithLogits(logits, target)));
        }
    }

    /**
     * The loss of a layer's pairs whose targets say what is final, over N; null where none does, or without that head. A
     * batch may mix images that say it with images that do not.
     */
    public static @Nullable Tensor of(MatchedLayer m) {
        Tensor logits = m.layer().isFinal();
        if (logits == null || saysNothing(m)) {
            return null;
        }
        MatchedLayer said = said(m);
        return m.perObject(of(matched(said, logits), Tensor.of(wanted(said), said.count())));
    }

    /** The share of those pairs whose logit is above 0 exactly where it should be, without gradient; 1 of no pairs. */
    public static @Nullable Tensor accuracy(MatchedLayer m) {
        Tensor logits = m.layer().isFinal();
        if (logits == null || saysNothing(m)) {
            return null;
        }
        MatchedLayer said = said(m);
        float[] x = matched(said, logits).toFloats();
        float[] wanted = wanted(said);
        int hits = 0;
        for (int i = 0; i < x.length; i++) {
            hits += (x[i] > 0) == (wanted[i] > 0) ? 1 : 0;
        }
        return Tensor.scalar(x.length == 0 ? 1 : (float) hits / x.length);
    }

    private static boolean saysNothing(MatchedLayer m) {
        return m.targets().stream().allMatch(t -> t.isFinal() == null);
    }

    private static MatchedLayer said(MatchedLayer m) {
        return m.only(i -> m.target(i).isFinal() != null);
    }

    private static Tensor matched(MatchedLayer said, Tensor logits) {
        return Shapes.reshape(said.ofMatched(logits), said.count());
    }

    private static float[] wanted(MatchedLayer said) {
        float[] wanted = new float[said.count()];
        for (int i = 0; i < wanted.length; i++) {
            boolean[] isFinal = Objects.requireNonNull(said.target(i).isFinal());
            wanted[i] = isFinal[said.object(i)] ? 1 : 0;
        }
        return wanted;
    }

    /**
     * The same for plain arrays of one length.
     *
     * @throws IllegalArgumentException naming the value that is no number, or when the lengths differ
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
