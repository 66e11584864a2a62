package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Contrastive alignment (MDETR §2.2.1, after InfoNCE): the embedding of a box shall be nearer to those of its words than to
 * those of others, and the other way round. With S = boxes·tokensᵀ/temperature, for each box with n > 0 words
 * −Σ S/(n + 10⁻⁶) over its words + log Σ eˢ over all tokens (padding included, as published); the same for each token with
 * boxes, over all boxes; half the sum of both.
 *
 * <pre>{@code
 * float[][] boxes = {{1, 0}, {0, 1}};
 * float[][] tokens = {{1, 0}, {0, 1}, {0, -1}};
 * boolean[][] positive = {{true, false, false}, {false, false, false}}; // box 0 means token 0
 * ContrastiveAlignmentLoss.of(boxes, tokens, positive, 1); // (log(e + 2) − 1 + log(e + 1) − 1) / 2 = 0.4324
 * }</pre>
 */
public final class ContrastiveAlignmentLoss {
    private static final float FLOOR = 1e-6f;

    private ContrastiveAlignmentLoss() {}

    /**
     * The loss of a batch, summed, without axes.
     *
     * @param boxes [B, Q, E] of length 1
     * @param tokens [B, T, E] of length 1
     * @param positive [B][Q][T]: which tokens a box means
     * @param temperature the published models have 0.07
     * @throws IllegalArgumentException naming the value that is no number
     */
    public static Tensor of(Tensor boxes, Tensor tokens, boolean[][][] positive, float temperature) {
        LossInput.rank("alignment loss: boxes", boxes, 3);
        LossInput.rank("alignment loss: tokens", tokens, 3);
        LossInput.shape("alignment loss: tokens", tokens, boxes.shape().with(1, tokens.dim(1)));
        LossInput.positive("alignment loss: temperature", temperature);
        LossInput.finite("alignment loss: boxes", boxes);
        LossInput.finite("alignment loss: tokens", tokens);
        return unchecked(boxes, tokens, positive, temperature);
    }

    private static Tensor unchecked(Tensor boxes, Tensor tokens, boolean[][][] positive, float temperature) {
        Weights w = Weights.of(positive, boxes.dim(0), boxes.dim(1), tokens.dim(1));
        try (Scope scope = Scope.open()) {
            Tensor s = Elementwise.scale(Products.matmul(boxes, false, tokens, true), 1 / temperature); // [B, Q, T]
            Tensor together = Reductions.sum(
                    Elementwise.mul(s, Tensor.of(w.pairs, s.shape().dims())));
            Tensor ofBoxes = weighed(Reductions.logSumExp(s, 2, false), w.boxes);
            Tensor ofTokens = weighed(Reductions.logSumExp(s, 1, false), w.tokens);
            Tensor sum = Elementwise.sub(Elementwise.add(ofBoxes, ofTokens), together);
            return scope.keep(Elementwise.scale(sum, 0.5f));
        }
    }

    /** The loss of a layer, over N: a box means the tokens of its object; null where the model has no such embeddings. */
    public static @Nullable Tensor of(MatchedLayer m, float temperature) {
        Tensor boxes = m.layer().queryEmbeddings();
        Tensor tokens = m.output().tokenEmbeddings();
        if (boxes == null || tokens == null) {
            return null;
        }
        boolean[][][] positive = new boolean[boxes.dim(0)][boxes.dim(1)][tokens.dim(1)];
        for (int i = 0; i < m.count(); i++) {
            float[] map = m.target(i).positiveMap()[m.object(i)];
            boolean[] row = positive[m.image(i)][m.query(i)];
            for (int t = 0; t < Math.min(row.length, map.length - 1); t++) {
                row[t] = map[t] > 0;
            }
        }
        return m.perObject(unchecked(boxes, tokens, positive, temperature));
    }

    private static Tensor weighed(Tensor x, float[] weights) {
        return Reductions.sum(Elementwise.mul(x, Tensor.of(weights, x.shape().dims())));
    }

    /**
     * The loss of one image for plain arrays: boxes [Q][E], tokens [T][E], positive [Q][T].
     *
     * @throws IllegalArgumentException naming the value that is no number, or the row of another length
     */
    public static float of(float[][] boxes, float[][] tokens, boolean[][] positive, float temperature) {
        try (Scope scope = Scope.open()) {
            Tensor b = LossInput.matrix("alignment loss: boxes", boxes);
            Tensor t = LossInput.matrix("alignment loss: tokens", tokens);
            return of(batchOfOne(b), batchOfOne(t), new boolean[][][] {positive}, temperature)
                    .item();
        }
    }

    private static Tensor batchOfOne(Tensor x) {
        return x.view(Shape.of(1, x.dim(0), x.dim(1)));
    }

    /** How much each similarity counts, and which boxes and tokens have any. */
    private static final class Weights {
        final float[] pairs;
        final float[] boxes;
        final float[] tokens;

        private Weights(int b, int q, int t) {
            pairs = new float[b * q * t];
            boxes = new float[b * q];
            tokens = new float[b * t];
        }

        static Weights of(boolean[][][] positive, int b, int q, int t) {
            check(positive, b, q, t);
            Weights w = new Weights(b, q, t);
            for (int i = 0; i < b; i++) {
                w.add(positive[i], i, q, t);
            }
            return w;
        }

        private static void check(boolean[][][] positive, int b, int q, int t) {
            String got = positive.length == b ? null : "[" + positive.length + "]";
            for (int i = 0; got == null && i < b; i++) {
                got = positive[i].length == q ? null : "[" + b + "][" + positive[i].length + "]";
                for (int k = 0; got == null && k < q; k++) {
                    got = positive[i][k].length == t ? null : "[" + b + "][" + q + "][" + positive[i][k].length + "]";
                }
            }
            if (got != null) {
                throw new IllegalArgumentException("alignment loss: positive: expected [" + b + "][" + q + "][" + t
                        + "], as the embeddings are, got " + got);
            }
        }

        private void add(boolean[][] positive, int i, int q, int t) {
            int[] ofBox = new int[q];
            int[] ofToken = new int[t];
            for (int k = 0; k < q; k++) {
                for (int c = 0; c < t; c++) {
                    ofBox[k] += positive[k][c] ? 1 : 0;
                    ofToken[c] += positive[k][c] ? 1 : 0;
                }
            }
            for (int k = 0; k < q; k++) {
                boxes[i * q + k] = ofBox[k] > 0 ? 1 : 0;
                for (int c = 0; c < t; c++) {
                    if (positive[k][c]) {
                        pairs[(i * q + k) * t + c] = 1 / (ofBox[k] + FLOOR) + 1 / (ofToken[c] + FLOOR);
                    }
                }
            }
            for (int c = 0; c < t; c++) {
                tokens[i * t + c] = ofToken[c] > 0 ? 1 : 0;
            }
        }
    }
}
