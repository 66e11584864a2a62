package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The kernels: all the arithmetic there is. Operations check shapes and types and make the output tensors; a kernel
 * fills them. Tensors are row-major float32 unless said otherwise, images channels-last [B, H, W, C]. No kernel
 * broadcasts unless it says so, none keeps a tensor, and an output never shares memory with an input unless it says so.
 *
 * <p>Fusions are part of the contract, since they decide the speed. An implementation may compute them in steps.
 */
public interface Backend extends Device {

    /** The backend of a tensor. */
    static Backend of(Tensor t) {
        return (Backend) t.device();
    }

    // ---- filling and moving ----

    /** Sets every element of {@code out} (any type). */
    void fill(Tensor out, double value);

    /** Copies {@code x} to {@code out} of equal size, converting the type: fractions are cut off, any non-zero value is true. */
    void copy(Tensor x, Tensor out);

    /** out[..., i_axes[k] at k, ...] = x[i]: axis k of {@code out} is axis {@code axes[k]} of {@code x}. */
    void permute(Tensor x, int[] axes, Tensor out);

    /** Copies the part of {@code x} from index {@code from} along {@code axis} that {@code out} holds. Any type. */
    void slice(Tensor x, int axis, int from, Tensor out);

    /** Writes {@code x} into {@code out} from index {@code from} along {@code axis}, leaving the rest. Any type. */
    void place(Tensor x, int axis, int from, Tensor out);

    /** Repeats {@code x} to the shape of {@code out} by NumPy's broadcasting rule. Any type. */
    void broadcast(Tensor x, Tensor out);

    // ---- elementwise ----

    /** {@code out = f(x)}; {@code out} may be {@code x}. */
    void unary(Unary f, Tensor x, Tensor out);

    /** {@code dx = f'(x)·g}, where {@code y = f(x)}. */
    void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx);

    /** {@code out = scale·x + shift}; {@code out} may be {@code x}. */
    void affine(Tensor x, float scale, float shift, Tensor out);

    /** Limits to [low, high], low &lt; high; NaN stays; {@code out} may be {@code x}. */
    void clamp(Tensor x, float low, float high, Tensor out);

    /** {@code out = f(a, b)}, both broadcast to the shape of {@code out}, which may be {@code a}. */
    void binary(Binary f, Tensor a, Tensor b, Tensor out);

    /** {@code out = condition ? a : b}, all broadcast to the shape of {@code out}; {@code condition} is a mask. */
    void where(Tensor condition, Tensor a, Tensor b, Tensor out);

    // ---- reductions ----

    /**
     * Reduces the axes where {@code out}, of equal rank, has extent 1. For sums and means x is of any type of floats, out
     * float32.
     */
    void reduce(Reduce how, Tensor x, Tensor out);

    /** Index (int32) of the first largest value along {@code axis}; {@code out} has extent 1 there. */
    void argmax(Tensor x, int axis, Tensor out);

    /** Running sum along {@code axis}, from the end when {@code reverse}. */
    void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out);

    /** Softmax along {@code axis}, or its logarithm. */
    void softmax(Tensor x, int axis, boolean log, Tensor out);

    /** Gradient of {@link #softmax} from its output {@code y}. */
    void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx);

    // ---- products ----

    /**
     * {@code out = a·b} over the last two axes, either transposed; leading axes are broadcast. Ranks are equal and 2 or
     * more.
     */
    void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out);

    /**
     * {@code out = f(x·wᵀ + bias)}: x [N, in], w [out, in] or packed, bias [out], out [N, out]; x and out of the type of w,
     * bias float32.
     */
    void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out);

    /**
     * Multi-head attention: per head softmax(scale·q·kᵀ, masked)·v; q [B, T, D], k, v [B, S, D], out [B, T, D], D split
     * evenly over {@code heads}; q, k, v and out of one type of floats, the rest float32.
     *
     * @param keyPaddingMask mask [B, S], true on keys to leave out; a query that has no key left gives zeros
     * @param probabilities filled with the softmax [B, heads, T, S] when given
     */
    void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor keyPaddingMask,
            int heads,
            float scale,
            Tensor out,
            @Nullable Tensor probabilities);

    // ---- normalization ----

    /**
     * Over the last axis: {@code out = (z − mean)/√(var + eps)·gamma + beta}, {@code z = x + residual}; x [N, D], gamma
     * and beta [D].
     *
     * @param x [N, D] of any floats
     * @param residual [N, D] of any floats, or null for none
     * @param sum filled with z when given
     * @param statistics [2, N] filled with the means and the 1/√(var + eps) when given
     */
    void layerNorm(
            Tensor x,
            @Nullable Tensor residual,
            Tensor gamma,
            Tensor beta,
            float eps,
            Tensor out,
            @Nullable Tensor sum,
            @Nullable Tensor statistics);

    /** Gradient of {@link #layerNorm} by z, gamma and beta, from z and its statistics. */
    void layerNormGrad(
            Tensor z, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta);

    /**
     * Normalizes each image [B, H, W, C] within {@code groups} of channels; gamma and beta [C].
     *
     * @param statistics [2, B, groups] filled with the means and the 1/√(var + eps)
     */
    void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics);

    /** Gradient of {@link #groupNorm} by x, gamma and beta. */
    void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta);

    /**
     * Normalizes each channel of images [B, H, W, C] over all their pixels; gamma and beta [C].
     *
     * @param statistics [2, C] filled with the means and the 1/√(var + eps)
     */
    default void batchNorm(Tensor x, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        int channels = x.dim(3);
        try (Tensor image = joined(x);
                Tensor into = joined(out);
                Tensor groups = statistics.view(Shape.of(2, 1, channels))) {
            groupNorm(image, channels, gamma, beta, eps, into, groups);
        }
    }

    /** Gradient of {@link #batchNorm} by x, gamma and beta, with eps as there. */
    default void batchNormGrad(
            Tensor x, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        int channels = x.dim(3);
        try (Tensor image = joined(x);
                Tensor up = joined(g);
                Tensor down = joined(dx);
                Tensor groups = statistics.view(Shape.of(2, 1, channels))) {
            groupNormGrad(image, channels, gamma, groups, up, down, dgamma, dbeta);
        }
    }

    /** Images below each other as one. */
    private static Tensor joined(Tensor images) {
        return images.view(Shape.of(1, images.dim(0) * images.dim(1), images.dim(2), images.dim(3)));
    }

    // ---- images ----

    /**
     * {@code out = f(x ∗ w + bias + residual)}: x [B, H, W, C], w [out, C / groups, kernelY, kernelX] or packed, bias
     * [out], residual like out, which it may be. Image, residual and result
     * are of the type of w, bias float32.
     */
    void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out);

    /**
     * A convolution and a depthwise one after it, each with its bias and f: {@code out = f(f(x ∗ first) ∗ depthwise)}; x
     * [B, H, W, C], out [B, H', W', N], both of the type of the weights.
     */
    default void conv2dThenDepthwise(Tensor x, Filter first, Filter depthwise, Activation f, Tensor out) {
        try (Tensor between = Tensor.empty(this, x.dtype(), first.output(x.shape()))) {
            conv2d(x, first.weight(), first.bias(), null, first.window(), f, between);
            conv2d(between, depthwise.weight(), depthwise.bias(), null, depthwise.window(), f, out);
        }
    }

    /**
     * A 1×1 convolution of an image with its channels weighed: {@code out = (x ⊙ gate) ∗ w + bias + residual}; x
     * [B, H, W, C], gate [B, 1, 1, C], w [out, C, 1, 1] or packed for this, bias [out], residual like out, which it may
     * be. x and out are of the type of w, gate and bias float32.
     */
    default void gatedConv2d(
            Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Tensor out) {
        try (Tensor gated = Tensor.empty(this, x.dtype(), x.shape())) {
            binary(Binary.MUL, x, gate, gated);
            conv2d(gated, w, bias, residual, Window.of(1, 0), Activation.IDENTITY, out);
        }
    }

    /** Gradient of the bare convolution by its image. */
    void conv2dGradImage(Tensor g, Tensor w, Window window, Tensor dx);

    /** Gradient of the bare convolution by its weight. */
    void conv2dGradWeight(Tensor x, Tensor g, Window window, Tensor dw);

    /** The largest of each window of {@code kernel × kernel}; padding never wins. Any type of floats. */
    void maxPool2d(Tensor x, int kernel, Window window, Tensor out);

    /** Gradient of {@link #maxPool2d}: to the first largest of each window. */
    void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx);

    /** Resizes [B, H, W, C] to the size of {@code out}. */
    void resize(Interpolation how, Tensor x, Tensor out);

    /** Gradient of {@link #resize}. */
    void resizeGrad(Interpolation how, Tensor g, Tensor dx);

    // ---- indices ----

    /** out[i, :] = table[ids[i], :]; table float32 or packed, ids int32 [N], out float32 [N, D]; the caller has checked the range. */
    void gatherRows(Tensor table, Tensor ids, Tensor out);

    /** Adds: table[ids[i], :] += g[i, :], in the order of i. */
    void scatterAddRows(Tensor g, Tensor ids, Tensor table);

    // ---- optimization: what is changed is changed in place, in one pass ----

    /** Σ x² of floats, summed in double precision or in blocks; not finite when an element is not. */
    double squaredNorm(Tensor x);

    /**
     * One step of AdamW (Loshchilov and Hutter 2019), all tensors of one size: with g = gradScale·{@code grad},
     * {@code m += (1 − β₁)(g − m)}, {@code v = β₂v + (1 − β₂)g²},
     * {@code w = (1 − rate·decay)w − stepSize·m/(√v/correction + eps)} and, where there is an average,
     * {@code average += averageWeight·(w − average)}.
     */
    void adamW(AdamWUpdate how, Tensor w, Tensor grad, Tensor m, Tensor v, @Nullable Tensor average);

    /**
     * One step of stochastic gradient descent, all tensors of one size: with g = gradScale·{@code grad} + decay·w, {@code
     * velocity = momentum·velocity + g}, {@code w −= rate·velocity} and the average as in {@link #adamW}. Nesterov's takes
     * {@code g + momentum·velocity} in the place of the velocity; without one the step is g.
     */
    void sgd(SgdUpdate how, Tensor w, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average);

    /** {@code x += weight·(target − x)}. */
    void approach(Tensor target, float weight, Tensor x);

    // ---- weights ----

    /**
     * {@code w} in the layout this backend's kernel likes best, of the same shape, as floats of {@code type}; {@code w} itself when that is plain.
     * For inference, where a weight is used many times. The caller closes both; no scope owns the result.
     */
    Tensor pack(Tensor w, WeightUse use, Window window, DType type);

    /** The plain layout of what {@link #pack} gave; the caller closes it, no scope owns it. */
    Tensor unpack(Tensor packed);
}
