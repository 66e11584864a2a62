package io.github.mdetr.nn.layer;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention of several heads (Vaswani et al. 2017, eq. 1), with dropout of its probabilities. */
public final class Attention {
    private Attention() {}

    /**
     * Per head softmax(q·kᵀ/√(D/heads))·v.
     *
     * @param q [B, T, D]
     * @param k [B, S, D]
     * @param v [B, S, D]
     * @param keyPaddingMask mask [B, S], true on keys to leave out, or null
     * @param heads a divisor of D
     * @param rate probability of dropping an attention weight, where {@code dropout} is active
     * @return [B, T, D]
     */
    public static Tensor attend(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor keyPaddingMask, int heads, float rate, Dropout dropout) {
        if (!dropout.isActive() || rate == 0) {
            return Products.attention(q, k, v, keyPaddingMask, heads); // one kernel
        }
        Tensor scores = Products.matmul(split(q, heads), false, split(k, heads), true); // [B, heads, T, S]
        scores = Elementwise.scale(scores, (float) Math.sqrt((double) heads / q.dim(-1)));
        if (keyPaddingMask != null) {
            Tensor keys = Shapes.reshape(keyPaddingMask, k.dim(0), 1, 1, k.dim(1));
            scores = Elementwise.maskedFill(scores, keys, Float.NEGATIVE_INFINITY);
        }
        Tensor p = dropout.apply(Reductions.softmax(scores, -1), rate);
        Tensor y = Shapes.permute(Products.matmul(p, split(v, heads)), 0, 2, 1, 3); // [B, T, heads, D / heads]
        return Shapes.reshape(y, q.shape().dims());
    }

    /** [B, T, D] to [B, heads, T, D / heads]. */
    private static Tensor split(Tensor x, int heads) {
        return Shapes.permute(Shapes.reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads), 0, 2, 1, 3);
    }
}
