package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;

/**
 * How far predicted boxes are from those they were matched with (DETR §3.1): the L1 distance, and 1 − GIoU (Rezatofighi
 * et al. 2019). Rows as cxcywh, summed.
 *
 * <pre>{@code
 * float[][] predicted = {{.5f, .5f, .2f, .2f}};
 * float[][] target = {{.5f, .5f, .4f, .2f}};
 * BoxLoss.l1(predicted, target);   // 0.2
 * BoxLoss.giou(predicted, target); // 1 − 0.5
 * }</pre>
 */
public final class BoxLoss {
    private BoxLoss() {}

    /**
     * Σ‖predicted − target‖₁ of [N, 4] each, without axes.
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static Tensor l1(Tensor predicted, Tensor target) {
        check("L1 loss", predicted, target);
        return uncheckedL1(predicted, target);
    }

    private static Tensor uncheckedL1(Tensor predicted, Tensor target) {
        try (Scope scope = Scope.open()) {
            return scope.keep(Reductions.sum(Elementwise.abs(Elementwise.sub(predicted, target))));
        }
    }

    /**
     * Σ(1 − GIoU) of [N, 4] each as cxcywh, without axes.
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static Tensor giou(Tensor predicted, Tensor target) {
        check("GIoU loss", predicted, target);
        return uncheckedGiou(predicted, target);
    }

    private static Tensor uncheckedGiou(Tensor predicted, Tensor target) {
        try (Scope scope = Scope.open()) {
            Tensor giou = Boxes.giouOfRows(Boxes.cxcywhToXyxy(predicted), Boxes.cxcywhToXyxy(target));
            return scope.keep(Reductions.sum(Elementwise.shift(Elementwise.neg(giou), 1)));
        }
    }

    /** {@link #l1(Tensor, Tensor)} of a layer's pairs, over N. */
    public static Tensor l1(MatchedLayer m) {
        return m.perObject(uncheckedL1(m.matchedBoxes(), m.targetBoxes()));
    }

    /** {@link #giou(Tensor, Tensor)} of a layer's pairs, over N. */
    public static Tensor giou(MatchedLayer m) {
        return m.perObject(uncheckedGiou(m.matchedBoxes(), m.targetBoxes()));
    }

    /**
     * {@link #l1(Tensor, Tensor)} of plain arrays [N][4].
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static float l1(float[][] predicted, float[][] target) {
        try (Scope scope = Scope.open()) {
            return l1(boxes("predicted", predicted, false), boxes("target", target, true))
                    .item();
        }
    }

    /**
     * {@link #giou(Tensor, Tensor)} of plain arrays [N][4].
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static float giou(float[][] predicted, float[][] target) {
        try (Scope scope = Scope.open()) {
            return giou(boxes("predicted", predicted, false), boxes("target", target, true))
                    .item();
        }
    }

    private static Tensor boxes(String what, float[][] rows, boolean withArea) {
        Boxes.checkCxcywh("box loss: " + what, rows, withArea);
        return rows.length == 0 ? Tensor.zeros(0, 4) : LossInput.matrix("box loss: " + what, rows);
    }

    private static void check(String loss, Tensor predicted, Tensor target) {
        if (predicted.shape().rank() != 2 || predicted.dim(1) != 4) {
            throw new IllegalArgumentException(
                    loss + ": expected predicted boxes [N, 4], got shape " + predicted.shape());
        }
        LossInput.shape(loss + ": target", target, predicted.shape());
        LossInput.boxes(loss + ": predicted", predicted, false);
        LossInput.boxes(loss + ": target", target, true);
    }
}
