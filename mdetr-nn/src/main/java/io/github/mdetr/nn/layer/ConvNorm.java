package io.github.mdetr.nn.layer;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Images;
import io.github.mdetr.core.op.Normalizations;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A convolution without bias and its frozen batch norm as one convolution: f(x ∗ (w·s) + (b − mean·s) + residual) with
 * s = weight/√(running_var + 1e-5) for each output channel, in one fused kernel.
 *
 * <p>For inference s is folded into the convolution's weight once and the originals are let go. For training it is
 * multiplied in at each pass, so that the gradient reaches the convolution's weight; no optimizer changes the norm's four
 * vectors.
 *
 * <p>In {@link Mode#FULL_TRAINING} the norm is live: a pass that a tape records normalizes by the batch's own statistics and
 * moves the running ones towards them; weight and bias are trained. Without a tape, as in evaluation, and once its weight is
 * taken out of training, the running ones serve as a frozen norm's do.
 */
public final class ConvNorm {
    /** The published networks use it for every backbone, EfficientNet too (spec: TensorFlow's own would be 1e-3). */
    private static final float EPS = 1e-5f;

    /** How far a live norm's running statistics move towards a batch's: PyTorch's default. */
    private static final float MOMENTUM = 0.1f;

    private final int kernel;
    private final Window window;
    private boolean samePadding;
    private final Parameter weight;
    private final Parameter gamma;
    private final Parameter beta;
    private final Parameter mean;
    private final Parameter variance;
    private final @Nullable Parameter foldedWeight;
    private final @Nullable Parameter foldedBias;

    /**
     * Under {@code path}: {@code convName.weight} [out, in / groups, kernel, kernel] and, each [out],
     * {@code normName.weight}, {@code .bias}, {@code .running_mean}, {@code .running_var}.
     */
    public ConvNorm(
            Parameters.Path path, String convName, String normName, int in, int out, int kernel, Window window) {
        this(path, convName, normName, in, out, kernel, window, WeightUse.CONV2D);
    }

    /** A 1×1 convolution whose weight is laid out for {@link #forwardGated}. */
    public static ConvNorm gated(Parameters.Path path, String convName, String normName, int in, int out) {
        return new ConvNorm(path, convName, normName, in, out, 1, Window.of(1, 0), WeightUse.GATED_CONV2D);
    }

    private ConvNorm(
            Parameters.Path path,
            String convName,
            String normName,
            int in,
            int out,
            int kernel,
            Window window,
            WeightUse use) {
        this.kernel = kernel;
        this.window = window;
        Parameters.Path conv = path.child(convName);
        Parameters.Path norm = path.child(normName);
        weight = conv.weight("weight", Init.heNormal(window.groups()), out, in / window.groups(), kernel, kernel);
        gamma = norm.normWeight("weight", Init.constant(1), out);
        beta = norm.normWeight("bias", Init.constant(0), out);
        mean = norm.statistics("running_mean", Init.constant(0), out);
        variance = norm.statistics("running_var", Init.constant(1), out);
        boolean whole = Stream.of(weight, gamma, beta, mean, variance).allMatch(Parameter::isPresent);
        if (path.isInference() && whole) {
            fold();
            foldedWeight = conv.derived("folded_weight", weight.tensor());
            foldedBias = norm.derived("folded_bias", beta.tensor());
            Stream.of(weight, gamma, beta, mean, variance).forEach(Parameter::close);
            foldedWeight.pack(use, window, path.precision());
        } else {
            foldedWeight = null;
            foldedBias = null;
        }
    }

    /** Writes w·s over the weight and b − mean·s over the norm's bias, in double precision. */
    private void fold() {
        float[] w = weight.values();
        float[] g = gamma.values();
        float[] b = beta.values();
        float[] m = mean.values();
        float[] v = variance.values();
        int taps = w.length / g.length;
        for (int c = 0; c < g.length; c++) {
            if (v[c] < 0) {
                throw new IllegalStateException(variance.name() + ": expected variances of 0 or more, got " + v[c]
                        + ": the file is damaged; compare it with its source");
            }
            double s = g[c] / Math.sqrt(v[c] + (double) EPS);
            b[c] = (float) (b[c] - m[c] * s);
            for (int i = c * taps; i < (c + 1) * taps; i++) {
                w[i] = (float) (w[i] * s);
            }
        }
        weight.tensor().write(FloatBuffer.wrap(w));
        beta.tensor().write(FloatBuffer.wrap(b));
    }

    /** Takes the convolution's weight out of training. */
    public ConvNorm freeze() {
        weight.setTrainable(false);
        return this;
    }

    /** Trains the norm's scale and shift too, as the published EfficientNets do; its statistics stay. */
    public ConvNorm trainAffine() {
        gamma.setTrainable(weight.isTrainable());
        beta.setTrainable(weight.isTrainable());
        return this;
    }

    /** Pads as TensorFlow's "same" does, by the size of the image, in place of the window's own padding. */
    public ConvNorm samePadding() {
        samePadding = true;
        return this;
    }

    /** x [B, H, W, in] to f(conv + norm) [B, H', W', out]. */
    public Tensor forward(Tensor x, Activation f) {
        try (Scope scope = Scope.open()) {
            if (isLive()) {
                return scope.keep(activated(f, normalized(convolved(x))));
            }
            Filter c = filter(x.shape());
            return scope.keep(Images.conv2d(x, c.weight(), c.bias(), null, c.window(), f));
        }
    }

    /**
     * x [B, H, W, in] to f(conv + norm + residual) [B, H', W', out], the residual of that shape. Takes the residual over:
     * it is closed, and the result written over it where nothing else needs it.
     */
    public Tensor forwardInto(Tensor residual, Tensor x, Activation f) {
        try (Scope scope = Scope.open()) {
            if (isLive()) {
                return scope.keep(activated(f, added(residual, normalized(convolved(x)))));
            }
            Filter c = filter(x.shape());
            return scope.keep(Images.conv2dInto(residual, x, c.weight(), c.bias(), c.window(), f));
        }
    }

    /**
     * x [B, H, W, in] to f(conv + norm) and on to f(conv + norm) of {@code depthwise}, in one pass: what lies between
     * them need not be held as a whole.
     */
    public Tensor forwardThen(ConvNorm depthwise, Tensor x, Activation f) {
        try (Scope scope = Scope.open()) {
            if (isLive() || depthwise.isLive()) {
                return scope.keep(depthwise.forward(forward(x, f), f));
            }
            Filter first = filter(x.shape());
            Filter second = depthwise.filter(first.output(x.shape()));
            return scope.keep(Images.conv2dThenDepthwise(x, first, second, f));
        }
    }

    /** x [B, H, W, in], its channels weighed by gate [B, 1, 1, in], to conv + norm [B, H, W, out]. */
    public Tensor forwardGated(Tensor x, Tensor gate) {
        try (Scope scope = Scope.open()) {
            if (isLive()) {
                return scope.keep(normalized(Images.gatedConv2d(x, gate, weight.tensor(), null)));
            }
            Filter c = filter(x.shape());
            return scope.keep(Images.gatedConv2d(x, gate, c.weight(), c.bias()));
        }
    }

    /** The same plus the residual [B, H, W, out], which it takes over as {@link #forwardInto} does. */
    public Tensor forwardGatedInto(Tensor residual, Tensor x, Tensor gate) {
        try (Scope scope = Scope.open()) {
            if (isLive()) {
                Tensor y = normalized(Images.gatedConv2d(x, gate, weight.tensor(), null));
                return scope.keep(added(residual, y));
            }
            Filter c = filter(x.shape());
            return scope.keep(Images.gatedConv2dInto(residual, x, gate, c.weight(), c.bias()));
        }
    }

    // ---- a live norm ----

    /** Whether this pass takes the batch's statistics; a norm that was taken out of training is a frozen one. */
    private boolean isLive() {
        return mean.isRunning() && gamma.isTrainable() && Tape.current() != null;
    }

    private Tensor convolved(Tensor x) {
        return Images.conv2d(x, weight.tensor(), null, placed(x.shape()));
    }

    private Tensor normalized(Tensor y) {
        return Normalizations.batchNorm(
                y, gamma.tensor(), beta.tensor(), mean.tensor(), variance.tensor(), MOMENTUM, EPS);
    }

    private static Tensor added(Tensor residual, Tensor y) {
        Tensor sum = Elementwise.add(residual, y);
        residual.close();
        return sum;
    }

    private static Tensor activated(Activation f, Tensor x) {
        return switch (f) {
            case IDENTITY -> x;
            case RELU -> Elementwise.relu(x);
            case GELU -> Elementwise.gelu(x);
            case SILU -> Elementwise.silu(x);
        };
    }

    // ---- a frozen one ----

    private Window placed(Shape image) {
        return samePadding ? window.same(image, kernel, kernel) : window;
    }

    /** Convolution and norm as one, for images of that shape. */
    private Filter filter(Shape image) {
        Window placed = placed(image);
        if (foldedWeight != null && foldedBias != null) {
            return new Filter(foldedWeight.tensor(), foldedBias.tensor(), placed);
        }
        Tensor s = Elementwise.div(gamma.tensor(), Elementwise.sqrt(Elementwise.shift(variance.tensor(), EPS)));
        Tensor bias = Elementwise.sub(beta.tensor(), Elementwise.mul(mean.tensor(), s));
        return new Filter(Elementwise.mul(weight.tensor(), Shapes.reshape(s, -1, 1, 1, 1)), bias, placed);
    }
}
