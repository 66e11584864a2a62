package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Normalizations;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import org.jspecify.annotations.Nullable;

/**
 * Image-text contrast over a batch (InfoNCE in both directions): with S the cosines of every image with every text over the
 * temperature, the mean cross-entropy of each row and of each column with its own pair, averaged.
 *
 * <pre>{@code
 * float[][] images = {{2, 0}, {0, 1}};
 * float[][] texts = {{1, 0}, {0, 3}};
 * ImageTextContrastiveLoss.of(images, texts, 1); // log(e + 1) − 1 = 0.3133
 * }</pre>
 */
public final class ImageTextContrastiveLoss {
    private ImageTextContrastiveLoss() {}

    /**
     * The loss, without axes.
     *
     * @param images [B, E], of any length: they are normalized here
     * @param texts [B, E], likewise; row i belongs to image i
     * @param temperature the published models have 0.07
     * @throws IllegalArgumentException naming the value that is no number
     */
    public static Tensor of(Tensor images, Tensor texts, float temperature) {
        LossInput.rank("image-text loss: images", images, 2);
        LossInput.shape("image-text loss: texts", texts, images.shape());
        LossInput.positive("image-text loss: temperature", temperature);
        int b = images.dim(0);
        if (b == 0) {
            throw new IllegalArgumentException("image-text loss: expected at least one pair, got none");
        }
        LossInput.finite("image-text loss: images", images);
        LossInput.finite("image-text loss: texts", texts);
        try (Scope scope = Scope.open()) {
            Tensor s = Elementwise.scale(
                    Products.matmul(Normalizations.l2Normalize(images), false, Normalizations.l2Normalize(texts), true),
                    1 / temperature);
            Tensor own = Reductions.sum(Elementwise.mul(s, identity(b)));
            Tensor all = Elementwise.add(
                    Reductions.sum(Reductions.logSumExp(s, 0, false)),
                    Reductions.sum(Reductions.logSumExp(s, 1, false)));
            Tensor sum = Elementwise.sub(Elementwise.scale(all, 0.5f), own);
            return scope.keep(Elementwise.scale(sum, 1f / b));
        }
    }

    /** The loss of a batch; null where the model has no pooled features. */
    public static @Nullable Tensor of(MdetrOutput out, float temperature) {
        Tensor images = out.pooledImage();
        Tensor texts = out.pooledText();
        return images == null || texts == null ? null : of(images, texts, temperature);
    }

    private static Tensor identity(int n) {
        float[] values = new float[n * n];
        for (int i = 0; i < n; i++) {
            values[i * n + i] = 1;
        }
        return Tensor.of(values, n, n);
    }

    /**
     * The same for plain arrays [B][E].
     *
     * @throws IllegalArgumentException naming the value that is no number, or the row of another length
     */
    public static float of(float[][] images, float[][] texts, float temperature) {
        try (Scope scope = Scope.open()) {
            return of(
                            LossInput.matrix("image-text loss: images", images),
                            LossInput.matrix("image-text loss: texts", texts),
                            temperature)
                    .item();
        }
    }
}
