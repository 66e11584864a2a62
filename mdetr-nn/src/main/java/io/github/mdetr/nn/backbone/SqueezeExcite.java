package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Conv2d;

/**
 * Squeeze and excitation (Hu et al. 2018): a weight in (0, 1) for each channel of an image, σ(expand(silu(reduce(mean)))).
 * Parameters {@code conv_reduce} and {@code conv_expand}, 1×1 convolutions with a bias.
 */
final class SqueezeExcite {
    private final Conv2d reduce;
    private final Conv2d expand;

    SqueezeExcite(Parameters.Path path, int channels, int reduced) {
        Window pointwise = Window.of(1, 0);
        reduce = new Conv2d(path.child("conv_reduce"), channels, reduced, 1, pointwise);
        expand = new Conv2d(path.child("conv_expand"), reduced, channels, 1, pointwise);
    }

    /** The weights [B, 1, 1, C] for x [B, H, W, C]. */
    Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor mean = Reductions.mean(x, true, 1, 2); // [B, 1, 1, C]
            return scope.keep(Elementwise.sigmoid(expand.forward(reduce.forward(mean, Activation.SILU))));
        }
    }
}
