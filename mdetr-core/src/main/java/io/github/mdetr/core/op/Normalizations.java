package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Layer, group, batch and length normalization. */
public final class Normalizations {
    private static final float SHORTEST = 1e-12f;

    private Normalizations() {}

    /** Layer normalization over the last axis (Ba et al. 2016): x [..., D], gamma and beta [D]. */
    public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, float eps) {
        return layerNorm(x, null, gamma, beta, eps);
    }

    /**
     * Layer normalization of {@code x + residual} in one pass; shapes as in {@link #layerNorm(Tensor, Tensor, Tensor, float)}.
     * Either may be bfloat16; sum and result are float32.
     */
    public static Tensor layerNorm(Tensor x, @Nullable Tensor residual, Tensor gamma, Tensor beta, float eps) {
        Check.anyFloats("layerNorm", x, residual);
        Check.floats("layerNorm", gamma, beta);
        Backend b = Check.backend("layerNorm", x, residual, gamma, beta);
        Check.that(
                x.shape().rank() > 0 && x.dim(-1) > 0,
                "layerNorm: input must have values along its last axis, got " + x);
        int d = x.dim(-1);
        Check.shape("layerNorm", "gamma", gamma, d);
        Check.shape("layerNorm", "beta", beta, d);
        Check.shape("layerNorm", "residual", residual, x.shape().dims());
        Shape flat = Shape.of(Math.toIntExact(x.size() / d), d);
        Tensor y = Check.empty(x, x.shape());
        try (Tensor rows = x.view(flat);
                Tensor added = residual == null ? null : residual.view(flat);
                Tensor into = y.view(flat)) {
            if (!Tape.isRecording(x, residual, gamma, beta)) {
                b.layerNorm(rows, added, gamma, beta, eps, into, null, null);
                return y;
            }
            try (Tensor sum = residual == null ? null : Check.empty(x, flat);
                    Tensor statistics = Check.empty(x, Shape.of(2, flat.dim(0)))) {
                b.layerNorm(rows, added, gamma, beta, eps, into, sum, statistics);
                return Tape.op("layerNorm", y)
                        .saving(sum == null ? rows : sum, gamma, statistics)
                        .input(x, null)
                        .input(residual, null)
                        .input(gamma, null)
                        .input(beta, null)
                        .done((g, s, needed) -> {
                            Tensor dz = Check.empty(g, g.shape());
                            Tensor dgamma = Check.empty(g, s[1].shape());
                            Tensor dbeta = Check.empty(g, s[1].shape());
                            b.layerNormGrad(s[0], s[1], s[2], eps, g.view(flat), dz.view(flat), dgamma, dbeta);
                            return new Tensor[] {dz, dz, dgamma, dbeta};
                        });
            }
        }
    }

    /** Group normalization (Wu and He 2018) of images [B, H, W, C] over {@code groups} of channels; gamma, beta [C]. */
    public static Tensor groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps) {
        Check.floats("groupNorm", x, gamma, beta);
        Check.rank("groupNorm", "image", x, 4);
        Backend b = Check.backend("groupNorm", x, gamma, beta);
        Check.that(
                groups > 0 && x.dim(3) % groups == 0,
                "groupNorm: " + x.dim(3) + " channels do not split into " + groups + " groups");
        Check.shape("groupNorm", "gamma", gamma, x.dim(3));
        Check.shape("groupNorm", "beta", beta, x.dim(3));
        Tensor y = Check.empty(x, x.shape());
        try (Tensor statistics = Check.empty(x, Shape.of(2, x.dim(0), groups))) {
            b.groupNorm(x, groups, gamma, beta, eps, y, statistics);
            return Tape.op("groupNorm", y)
                    .saving(x, gamma, statistics)
                    .input(x, null)
                    .input(gamma, null)
                    .input(beta, null)
                    .done((g, s, needed) -> {
                        Tensor dx = Check.empty(g, g.shape());
                        Tensor dgamma = Check.empty(g, s[1].shape());
                        Tensor dbeta = Check.empty(g, s[1].shape());
                        b.groupNormGrad(s[0], groups, s[1], s[2], g, dx, dgamma, dbeta);
                        return new Tensor[] {dx, dgamma, dbeta};
                    });
        }
    }

    /**
     * Batch normalization while training (Ioffe and Szegedy 2015): each channel of images [B, H, W, C] over all their
     * pixels; gamma and beta [C].
     *
     * <p>The running statistics [C] move towards the batch's by {@code momentum}, the variance towards the unbiased one, as
     * PyTorch's do. They are changed in place and have no gradient. They stay when the batch's are not finite, so that one
     * bad batch does not spoil them.
     *
     * @throws IllegalArgumentException for a single pixel, which has no variance
     */
    public static Tensor batchNorm(
            Tensor x,
            Tensor gamma,
            Tensor beta,
            Tensor runningMean,
            Tensor runningVariance,
            float momentum,
            float eps) {
        Check.floats("batchNorm", x, gamma, beta, runningMean, runningVariance);
        Check.rank("batchNorm", "image", x, 4);
        Backend b = Check.backend("batchNorm", x, gamma, beta, runningMean, runningVariance);
        int channels = x.dim(3);
        Check.shape("batchNorm", "gamma", gamma, channels);
        Check.shape("batchNorm", "beta", beta, channels);
        Check.shape("batchNorm", "running mean", runningMean, channels);
        Check.shape("batchNorm", "running variance", runningVariance, channels);
        long pixels = (long) x.dim(0) * x.dim(1) * x.dim(2);
        Check.that(
                pixels > 1 && channels > 0,
                "batchNorm: images must have more than one pixel in all, got " + x + "; use larger images or batches");
        Tensor y = Check.empty(x, x.shape());
        try (Tensor statistics = Check.empty(x, Shape.of(2, channels))) {
            b.batchNorm(x, gamma, beta, eps, y, statistics);
            moveTowards(statistics.toFloats(), pixels, eps, momentum, runningMean, runningVariance);
            return Tape.op("batchNorm", y)
                    .saving(x, gamma, statistics)
                    .input(x, null)
                    .input(gamma, null)
                    .input(beta, null)
                    .done((g, s, needed) -> {
                        Tensor dx = Check.empty(g, g.shape());
                        Tensor dgamma = Check.empty(g, s[1].shape());
                        Tensor dbeta = Check.empty(g, s[1].shape());
                        b.batchNormGrad(s[0], s[1], s[2], eps, g, dx, dgamma, dbeta);
                        return new Tensor[] {dx, dgamma, dbeta};
                    });
        }
    }

    /** The statistics are the means and, after them, the 1/√(var + eps). */
    private static void moveTowards(
            float[] statistics, long pixels, float eps, float momentum, Tensor runningMean, Tensor runningVariance) {
        for (float s : statistics) {
            if (!Float.isFinite(s)) {
                return;
            }
        }
        float[] mean = runningMean.toFloats();
        float[] variance = runningVariance.toFloats();
        double unbiased = pixels / (pixels - 1.0);
        for (int c = 0; c < mean.length; c++) {
            double inverse = statistics[mean.length + c];
            double v = Math.max(0, 1 / (inverse * inverse) - eps) * unbiased;
            mean[c] = (float) (mean[c] + momentum * (statistics[c] - (double) mean[c]));
            variance[c] = (float) (variance[c] + momentum * (v - variance[c]));
        }
        runningMean.write(FloatBuffer.wrap(mean));
        runningVariance.write(FloatBuffer.wrap(variance));
    }

    /** x / max(‖x‖₂, 1e-12) over the last axis; zeros stay zeros. */
    public static Tensor l2Normalize(Tensor x) {
        Check.floats("l2Normalize", x);
        Check.that(x.shape().rank() > 0, "l2Normalize: input must have an axis, got " + x);
        Backend b = Backend.of(x);
        Tensor y = Check.empty(x, x.shape());
        try (Tensor length = Check.empty(x, x.shape().with(-1, 1))) {
            b.unary(Unary.SQUARE, x, y);
            b.reduce(Reduce.SUM, y, length);
            b.unary(Unary.SQRT, length, length);
            b.clamp(length, SHORTEST, Float.MAX_VALUE, length);
            b.binary(Binary.DIV, x, length, y);
            return Tape.op("l2Normalize", y)
                    .saving(y, length)
                    .input(x, (g, s) -> {
                        Tensor along = Reductions.sum(Elementwise.mul(g, s[0]), true, -1);
                        Tensor varies = Elementwise.greater(s[1], Elementwise.number(g, SHORTEST));
                        Tensor radial = Elementwise.mul(s[0], Elementwise.mul(along, varies));
                        return Elementwise.div(Elementwise.sub(g, radial), s[1]);
                    })
                    .done();
        }
    }
}
