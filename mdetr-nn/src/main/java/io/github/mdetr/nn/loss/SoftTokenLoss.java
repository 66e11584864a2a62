package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;

/**
 * Soft token prediction (MDETR §2.2.1): cross-entropy with a distribution over token positions,
 * Σ weight·(−Σ target·log softmax(logits)).
 *
 * <pre>{@code
 * float[][] logits = {{2, 0, 0}, {0, 0, 1}};
 * float[][] target = {{.5f, .5f, 0}, {0, 0, 1}}; // a phrase of two tokens; "no object"
 * float[] weight = {1, .1f};
 * SoftTokenLoss.of(logits, target, weight); // 1.2395 + 0.1 · 0.5514 = 1.2947
 * }</pre>
 *
 * <p>A logit of −∞ masks its token, such as one of padding: it has the probability 0, no share in the loss and no gradient. What
 * a row should say must not be masked.
 */
public final class SoftTokenLoss {
    /** Stands for −∞: as improbable, but 0 times it is 0. Far enough from the lowest float32 that a shift does not reach it. */
    private static final float MASKED = -Float.MAX_VALUE / 2;

    private SoftTokenLoss() {}

    /**
     * The loss of all rows together, without axes.
     *
     * @param logits [..., C]
     * @param target of that shape, what each row should say, usually adding up to 1
     * @param weight [...], of each row
     * @throws IllegalArgumentException naming the value that is no number, the target or weight below 0, or the target on a
     *     masked token
     */
    public static Tensor of(Tensor logits, Tensor target, Tensor weight) {
        LossInput.shape("soft token loss: target", target, logits.shape());
        LossInput.shape("soft token loss: weight", weight, logits.shape().without(-1));
        LossInput.logits("soft token loss: logits", logits);
        LossInput.range("soft token loss: target", target, 0, Float.MAX_VALUE);
        LossInput.range("soft token loss: weight", weight, 0, Float.MAX_VALUE);
        return masked(logits, target.toFloats(), weight.toFloats(), target, weight);
    }

    private static Tensor masked(Tensor logits, float[] targets, float[] weights, Tensor target, Tensor weight) {
        if (!isMasked(logits.toFloats(), logits.dim(-1), targets, weights)) {
            return unchecked(logits, target, weight);
        }
        try (Scope scope = Scope.open()) {
            return scope.keep(unchecked(Elementwise.clamp(logits, MASKED, Float.MAX_VALUE), target, weight));
        }
    }

    /**
     * Whether a token is.
     *
     * @throws IllegalArgumentException where one is that a row should say
     */
    private static boolean isMasked(float[] logits, int classes, float[] targets, float[] weights) {
        boolean any = false;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] == Float.NEGATIVE_INFINITY) {
                any = true;
                int row = i / classes;
                if (targets[i] > 0 && weights[row] > 0) {
                    throw new IllegalArgumentException("soft token loss: logits, row " + row + ", token " + i % classes
                            + ": is masked (-Infinity), and its target is " + targets[i] + ": the loss would be"
                            + " infinite; mask no token that a phrase means, and not \"no object\"");
                }
            }
        }
        return any;
    }

    private static Tensor unchecked(Tensor logits, Tensor target, Tensor weight) {
        try (Scope scope = Scope.open()) {
            Tensor weighed = Elementwise.mul(
                    target, Shapes.reshape(weight, logits.shape().with(-1, 1).dims()));
            Tensor said = Reductions.sum(Elementwise.mul(Reductions.logSoftmax(logits, -1), weighed));
            return scope.keep(Elementwise.neg(said));
        }
    }

    /**
     * The loss of all queries of a layer, over N: matched ones shall say their object's positive map, the others "no object".
     *
     * @param noObject weight of the others
     */
    public static Tensor of(MatchedLayer m, float noObject) {
        Tensor logits = m.layer().logits();
        int q = logits.dim(1);
        int c = logits.dim(2);
        int rows = logits.dim(0) * q;
        float[] target = new float[rows * c];
        float[] weight = new float[rows];
        Arrays.fill(weight, noObject);
        for (int row = 0; row < rows; row++) {
            target[row * c + c - 1] = 1;
        }
        for (int i = 0; i < m.count(); i++) {
            int row = m.image(i) * q + m.query(i);
            System.arraycopy(m.target(i).positiveMap()[m.object(i)], 0, target, row * c, c);
            weight[row] = 1;
        }
        Tensor sum = masked(
                logits, target, weight, Tensor.of(target, logits.dim(0), q, c), Tensor.of(weight, logits.dim(0), q));
        return m.perObject(sum);
    }

    /**
     * The same for plain arrays.
     *
     * @throws IllegalArgumentException naming the value that is no number, or the row of another length
     */
    public static float of(float[][] logits, float[][] target, float[] weight) {
        try (Scope scope = Scope.open()) {
            return of(
                            LossInput.rows("soft token loss: logits", logits),
                            LossInput.matrix("soft token loss: target", target),
                            LossInput.vector("soft token loss: weight", weight))
                    .item();
        }
    }
}
