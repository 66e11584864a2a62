package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.Target;
import java.util.List;

/**
 * By how much the number of queries that are most likely an object is wrong, averaged over images (told by DETR's published
 * training). It is never trained.
 */
public final class CardinalityError {
    private CardinalityError() {}

    /** The error of logits [B, Q, C], the last column "no object". */
    public static float of(Tensor logits, List<Target> targets) {
        LossInput.rank("cardinality error: logits", logits, 3);
        int b = logits.dim(0);
        if (targets.size() != b) {
            throw new IllegalArgumentException(
                    "cardinality error: expected " + b + " targets, one for each image, got " + targets.size());
        }
        int q = logits.dim(1);
        int c = logits.dim(2);
        float[] x = logits.toFloats();
        int error = 0;
        for (int i = 0; i < b; i++) {
            int found = 0;
            for (int row = i * q; row < (i + 1) * q; row++) {
                found += isObject(x, row * c, c) ? 1 : 0;
            }
            error += Math.abs(found - targets.get(i).count());
        }
        return (float) error / Math.max(1, b);
    }

    private static boolean isObject(float[] logits, int from, int c) {
        float none = logits[from + c - 1];
        for (int k = from; k < from + c - 1; k++) {
            if (logits[k] >= none) {
                return true;
            }
        }
        return false;
    }
}
