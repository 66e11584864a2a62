package io.github.mdetr.nn.layer;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A linear map: y = f(x·Wᵀ + b), x [..., in], y [..., out]. Parameters {@code weight} [out, in] and {@code bias} [out].
 * For inference the weight is laid out for the backend's kernel.
 */
public final class Linear {
    /** The window of a packed weight that no window moves over. */
    private static final Window NONE = Window.of(1, 0);

    private final Parameter weight;
    private final @Nullable Parameter bias;

    private Linear(Parameters.Path path, Parameter weight, @Nullable Parameter bias) {
        this.weight = weight;
        this.bias = bias;
        if (path.isInference()) {
            weight.pack(WeightUse.LINEAR, NONE, path.precision());
        }
    }

    /** With fresh weights as PyTorch starts them: uniform within 1/√in. */
    public static Linear of(Parameters.Path path, int in, int out) {
        Init init = Init.uniform(1 / Math.sqrt(in));
        return of(path, in, out, init, init);
    }

    /** With the fresh weights and biases told. */
    public static Linear of(Parameters.Path path, int in, int out, Init weight, Init bias) {
        return new Linear(path, path.weight("weight", weight, out, in), path.weight("bias", bias, out));
    }

    /** Without a bias. */
    public static Linear withoutBias(Parameters.Path path, int in, int out) {
        return new Linear(path, path.weight("weight", Init.uniform(1 / Math.sqrt(in)), out, in), null);
    }

    /** Takes the weights out of training. */
    public Linear freeze() {
        weight.setTrainable(false);
        if (bias != null) {
            bias.setTrainable(false);
        }
        return this;
    }

    /** x [..., in] to [..., out]. */
    public Tensor forward(Tensor x) {
        return forward(x, Activation.IDENTITY);
    }

    /** x [..., in] to f(x·Wᵀ + b) [..., out], f in the same pass. */
    public Tensor forward(Tensor x, Activation f) {
        return Products.linear(x, weight.tensor(), bias == null ? null : bias.tensor(), f);
    }
}
