package io.github.mdetr.nn.layer;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Images;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Tensor;

/**
 * A convolution with a bias: x [B, H, W, in] to [B, H', W', out]. Parameters {@code weight} [out, in, kernel, kernel]
 * and {@code bias} [out].
 */
public final class Conv2d {
    private final Parameter weight;
    private final Parameter bias;
    private final Window window;

    /** Square {@code kernel}, moved by {@code window}. */
    public Conv2d(Parameters.Path path, int in, int out, int kernel, Window window) {
        this.weight = path.weight("weight", Init.xavierUniform(), out, in / window.groups(), kernel, kernel);
        this.bias = path.weight("bias", Init.constant(0), out);
        this.window = window;
        if (path.isInference()) {
            weight.pack(WeightUse.CONV2D, window, path.precision());
        }
    }

    /** x [B, H, W, in] to [B, H', W', out]. */
    public Tensor forward(Tensor x) {
        return forward(x, Activation.IDENTITY);
    }

    /** x [B, H, W, in] to f(x ∗ weight + bias) [B, H', W', out], f in the same pass. */
    public Tensor forward(Tensor x, Activation f) {
        return Images.conv2d(x, weight.tensor(), bias.tensor(), null, window, f);
    }
}
