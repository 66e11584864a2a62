package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Operations on images, channels last: [B, H, W, C]. */
public final class Images {
    /** One pixel. */
    private static final Window POINTWISE = Window.of(1, 0);

    private Images() {}

    /** Convolution: x [B, H, W, C], w [out, C / groups, kernelY, kernelX], bias [out] or null; result [B, H', W', out]. */
    public static Tensor conv2d(Tensor x, Tensor w, @Nullable Tensor bias, Window window) {
        return conv2d(x, w, bias, null, window, Activation.IDENTITY);
    }

    /**
     * f(x ∗ w + bias + residual) in one pass.
     *
     * @param x [B, H, W, C]
     * @param w [out, C / groups, kernelY, kernelX], plain or packed
     * @param bias [out] or null
     * @param residual of the result's shape, or null
     * @return [B, H', W', out] of the weight's type, in which it is computed; where that is bfloat16, x is rounded to it and
     *     sums are float32
     */
    public static Tensor conv2d(
            Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Window window, Activation f) {
        Backend b = checkConv2d(x, w, bias, residual, window);
        Unary curve = f.function();
        if (curve != null && f != Activation.RELU && Tape.isRecording(x, w, bias, residual)) {
            try (Tensor z = conv2d(x, w, bias, residual, window, Activation.IDENTITY)) {
                return Elementwise.unary("conv2d", curve, z); // the gradient needs the value before f
            }
        }
        Tensor y = Check.empty(x, w.dtype(), window.output(x.shape(), w.dim(2), w.dim(3), w.dim(0)));
        try (Scope scope = Scope.open()) {
            b.conv2d(Check.as(w.dtype(), x), w, bias, residual, window, f, y);
        }
        return Tape.op("conv2d", y)
                .saving(x, w, y)
                .input(x, null)
                .input(w, null)
                .input(bias, null)
                .input(residual, null)
                .done((g, s, needed) -> {
                    Tensor z = f == Activation.RELU ? Products.reluGrad(s[2], g) : g;
                    return new @Nullable Tensor[] {
                        needed[0] ? gradImage(z, s[1], window, s[0].shape()) : null,
                        needed[1] ? gradWeight(s[0], z, window, s[1].shape()) : null,
                        needed[2] ? Reductions.sum(z, false, 0, 1, 2) : null,
                        needed[3] ? z : null
                    };
                });
    }

    private static Backend checkConv2d(
            Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Window window) {
        Check.anyFloats("conv2d", x, residual);
        Check.floats("conv2d", bias);
        Check.rank("conv2d", "image", x, 4);
        Check.weight("conv2d", w, 4, x, bias, residual);
        Check.that(
                residual == null || residual.dtype() == w.dtype(),
                "conv2d: the residual must be of the weight's type, got " + residual + " and weight " + w);
        Backend b = Check.backend("conv2d", x, w, bias, residual);
        int groups = window.groups();
        Check.that(
                x.dim(3) == w.dim(1) * groups && w.dim(0) % groups == 0,
                "conv2d: image " + x.shape() + " has " + x.dim(3) + " channels, weight " + w.shape() + " in " + groups
                        + " groups takes " + w.dim(1) * groups);
        Check.shape("conv2d", "bias", bias, w.dim(0));
        Shape shape = window.output(x.shape(), w.dim(2), w.dim(3), w.dim(0));
        Check.shape("conv2d", "residual", residual, shape.dims());
        return b;
    }

    /**
     * As {@link #conv2d(Tensor, Tensor, Tensor, Tensor, Window, Activation)}, but takes the residual over: it is closed,
     * and where no tape records and nobody else holds its memory, the result is written over it. On large images that
     * saves a tenth of a convolution's time and a map's memory.
     */
    public static Tensor conv2dInto(
            Tensor residual, Tensor x, Tensor w, @Nullable Tensor bias, Window window, Activation f) {
        if (Tape.isRecording(x, w, bias, residual)
                || residual == x
                || !residual.storage().isExclusive()) {
            Tensor y = conv2d(x, w, bias, residual, window, f);
            residual.close();
            return y;
        }
        Backend b = checkConv2d(x, w, bias, residual, window);
        try (Scope scope = Scope.open()) {
            b.conv2d(Check.as(w.dtype(), x), w, bias, residual, window, f, residual);
        }
        Tensor y = residual.view(residual.shape());
        residual.close();
        return y;
    }

    /**
     * f(f(x ∗ first) ∗ depthwise): the image between the two convolutions, often the largest of a network, need not be
     * held as a whole.
     *
     * @param x [B, H, W, C]
     * @param first any convolution, to N channels
     * @param depthwise one in N groups, [N, 1, kernelY, kernelX]
     * @return [B, H', W', N] of the weights' type
     */
    public static Tensor conv2dThenDepthwise(Tensor x, Filter first, Filter depthwise, Activation f) {
        Backend b = checkThenDepthwise(x, first, depthwise);
        Tensor w = first.weight();
        if (Tape.isRecording(x, w, first.bias(), depthwise.weight(), depthwise.bias())) {
            try (Tensor between = conv2d(x, w, first.bias(), null, first.window(), f)) {
                return conv2d(between, depthwise.weight(), depthwise.bias(), null, depthwise.window(), f);
            }
        }
        Tensor y = Check.empty(x, w.dtype(), depthwise.output(first.output(x.shape())));
        try (Scope scope = Scope.open()) {
            b.conv2dThenDepthwise(Check.as(w.dtype(), x), first, depthwise, f, y);
        }
        return y;
    }

    private static Backend checkThenDepthwise(Tensor x, Filter first, Filter depthwise) {
        String op = "conv2dThenDepthwise";
        checkConv2d(x, first.weight(), first.bias(), null, first.window());
        int channels = first.weight().dim(0);
        int groups = depthwise.window().groups();
        Tensor w = depthwise.weight();
        Check.weight(op, w, 4, x, first.weight(), first.bias(), depthwise.bias());
        Check.that(
                w.dim(0) == channels && w.dim(1) == 1 && groups == channels,
                op + ": the first convolution gives " + channels + " channels, so the second must have " + channels
                        + " groups and a weight [" + channels + ", 1, …], got " + groups + " groups and "
                        + w.shape());
        Check.that(
                w.dtype() == first.weight().dtype(),
                op + ": the weights must be of one type, got " + first.weight() + " and " + w);
        Check.floats(op, depthwise.bias());
        Check.shape(op, "bias", depthwise.bias(), channels);
        return Check.backend(op, x, w, depthwise.bias());
    }

    /**
     * A 1×1 convolution of an image with its channels weighed, (x ⊙ gate) ∗ w + bias, without forming x ⊙ gate.
     *
     * @param x [B, H, W, C]
     * @param gate [B, 1, 1, C]
     * @param w [out, C, 1, 1], plain or packed for this
     * @param bias [out] or null
     * @return [B, H, W, out] of the weight's type
     */
    public static Tensor gatedConv2d(Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias) {
        Backend b = checkGated(x, gate, w, bias, null);
        if (Tape.isRecording(x, gate, w, bias)) {
            try (Tensor gated = Elementwise.mul(x, gate)) {
                return conv2d(gated, w, bias, POINTWISE);
            }
        }
        Tensor y = Check.empty(x, w.dtype(), x.shape().with(3, w.dim(0)));
        try (Scope scope = Scope.open()) {
            b.gatedConv2d(Check.as(w.dtype(), x), gate, w, bias, null, y);
        }
        return y;
    }

    /** As {@link #gatedConv2d}, plus the residual, which it takes over as {@link #conv2dInto} does. */
    public static Tensor gatedConv2dInto(Tensor residual, Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias) {
        Backend b = checkGated(x, gate, w, bias, residual);
        if (Tape.isRecording(x, gate, w, bias, residual)) {
            try (Tensor gated = Elementwise.mul(x, gate)) {
                return conv2dInto(residual, gated, w, bias, POINTWISE, Activation.IDENTITY);
            }
        }
        boolean own = residual != x && residual.storage().isExclusive();
        Tensor y = own ? residual.view(residual.shape()) : Check.empty(x, w.dtype(), residual.shape());
        try (Scope scope = Scope.open()) {
            b.gatedConv2d(Check.as(w.dtype(), x), gate, w, bias, residual, y);
        }
        residual.close();
        return y;
    }

    private static Backend checkGated(
            Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual) {
        String op = "gatedConv2d";
        Check.anyFloats(op, x, residual);
        Check.floats(op, gate, bias);
        Check.rank(op, "image", x, 4);
        Check.weight(op, w, 4, x, gate, bias, residual);
        Check.shape(op, "weight", w, w.dim(0), x.dim(3), 1, 1);
        Check.shape(op, "gate", gate, x.dim(0), 1, 1, x.dim(3));
        Check.shape(op, "bias", bias, w.dim(0));
        Check.shape(op, "residual", residual, x.dim(0), x.dim(1), x.dim(2), w.dim(0));
        Check.that(
                residual == null || residual.dtype() == w.dtype(),
                op + ": the residual must be of the weight's type, got " + residual + " and weight " + w);
        return Check.backend(op, x, gate, w, bias, residual);
    }

    private static Tensor gradImage(Tensor g, Tensor w, Window window, Shape image) {
        Tensor dx = Check.empty(g, image);
        Backend.of(g).conv2dGradImage(g, w, window, dx);
        return dx;
    }

    private static Tensor gradWeight(Tensor x, Tensor g, Window window, Shape weight) {
        Tensor dw = Check.empty(g, weight);
        Backend.of(g).conv2dGradWeight(x, g, window, dw);
        return dw;
    }

    /** The largest of each {@code kernel × kernel} window: x [B, H, W, C], result [B, H', W', C]. */
    public static Tensor maxPool2d(Tensor x, int kernel, Window window) {
        Check.anyFloats("maxPool2d", x);
        Check.rank("maxPool2d", "image", x, 4);
        Tensor y = Check.empty(x, x.dtype(), window.output(x.shape(), kernel, kernel, x.dim(3)));
        Backend.of(x).maxPool2d(x, kernel, window, y);
        return Tape.op("maxPool2d", y)
                .saving(x)
                .input(x, (g, s) -> {
                    Tensor dx = Check.empty(g, s[0].shape());
                    Backend.of(g).maxPool2dGrad(s[0], g, kernel, window, dx);
                    return dx;
                })
                .done();
    }

    /** Resizes [B, H, W, C] to [B, height, width, C] by the nearest source pixel, ⌊i·in/out⌋. */
    public static Tensor resizeNearest(Tensor x, int height, int width) {
        return resize("resizeNearest", Interpolation.NEAREST, x, height, width);
    }

    /** Resizes [B, H, W, C] to [B, height, width, C] linearly between pixel centres (no corner alignment). */
    public static Tensor resizeBilinear(Tensor x, int height, int width) {
        return resize("resizeBilinear", Interpolation.BILINEAR, x, height, width);
    }

    private static Tensor resize(String op, Interpolation how, Tensor x, int height, int width) {
        Check.floats(op, x);
        Check.rank(op, "image", x, 4);
        Check.that(height > 0 && width > 0, op + ": expected a positive size, got " + height + "×" + width);
        Tensor y = Check.empty(x, x.shape().with(1, height).with(2, width));
        Backend.of(x).resize(how, x, y);
        Shape shape = x.shape();
        return Tape.op(op, y)
                .input(x, (g, s) -> {
                    Tensor dx = Check.empty(g, shape);
                    Backend.of(g).resizeGrad(how, g, dx);
                    return dx;
                })
                .done();
    }
}
