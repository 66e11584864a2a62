package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.ConvNorm;
import org.jspecify.annotations.Nullable;

/**
 * A mobile inverted bottleneck (Sandler et al. 2018) with squeeze and excitation: a 1×1 convolution widens, a depthwise one
 * mixes pixels, channels are weighed by what the whole image holds, and a 1×1 convolution narrows again; the input is added
 * where size and width stay. Blocks of expansion 1 have no widening convolution. SiLU follows every norm but the last.
 */
final class EfficientNetBlock {
    private final @Nullable ConvNorm expand;
    private final ConvNorm depthwise;
    private final SqueezeExcite squeeze;
    private final ConvNorm project;
    private final boolean residual;

    EfficientNetBlock(Parameters.Path path, EfficientNetSize.Stage stage, int in, int stride) {
        int wide = in * stage.expansion();
        int out = stage.channels();
        Window pointwise = Window.of(1, 0);
        boolean expands = stage.expansion() > 1;
        expand = expands ? new ConvNorm(path, "conv_pw", "bn1", in, wide, 1, pointwise) : null;
        depthwise = ConvNorm.same(path, "conv_dw", expands ? "bn2" : "bn1", wide, wide, stage.kernel(), stride, wide);
        squeeze = new SqueezeExcite(path.child("se"), wide, in / 4);
        project = expands
                ? new ConvNorm(path, "conv_pwl", "bn3", wide, out, 1, pointwise)
                : new ConvNorm(path, "conv_pw", "bn2", wide, out, 1, pointwise);
        residual = stride == 1 && in == out;
    }

    /** x [B, h, w, in] to [B, ⌈h/stride⌉, ⌈w/stride⌉, out]; takes x over and closes it. */
    Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor h = expand == null ? x : expand.forward(x, Activation.SILU);
            Tensor d = depthwise.forward(h, Activation.SILU);
            Tensor gated = Elementwise.mul(d, squeeze.forward(d));
            if (residual) {
                return scope.keep(project.forwardInto(x, gated, Activation.IDENTITY));
            }
            x.close();
            return scope.keep(project.forward(gated, Activation.IDENTITY));
        }
    }
}
