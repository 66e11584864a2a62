package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
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
    /** The block's input has as many times the channels of the squeeze. */
    private static final int SQUEEZE = 4;

    private final @Nullable ConvNorm expand;
    private final ConvNorm depthwise;
    private final SqueezeExcite squeeze;
    private final ConvNorm project;
    private final boolean residual;

    EfficientNetBlock(Parameters.Path path, EfficientNetSize.Stage stage, int in, int stride) {
        int wide = in * stage.expansion();
        int out = stage.channels();
        Window window = Window.of(stride, 0).grouped(wide);
        if (stage.expansion() > 1) {
            expand = new ConvNorm(path, "conv_pw", "bn1", in, wide, 1, Window.of(1, 0)).trainAffine();
            depthwise = new ConvNorm(path, "conv_dw", "bn2", wide, wide, stage.kernel(), window)
                    .samePadding()
                    .trainAffine();
            project = ConvNorm.gated(path, "conv_pwl", "bn3", wide, out).trainAffine();
        } else {
            expand = null;
            depthwise = new ConvNorm(path, "conv_dw", "bn1", wide, wide, stage.kernel(), window)
                    .samePadding()
                    .trainAffine();
            project = ConvNorm.gated(path, "conv_pw", "bn2", wide, out).trainAffine();
        }
        squeeze = new SqueezeExcite(path.child("se").inFloat32(), wide, in / SQUEEZE);
        residual = stride == 1 && in == out;
    }

    /** x [B, h, w, in] to [B, ⌈h/stride⌉, ⌈w/stride⌉, out]; takes x over and closes it. */
    Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor wide = expand == null
                    ? depthwise.forward(x, Activation.SILU)
                    : expand.forwardThen(depthwise, x, Activation.SILU);
            Tensor gate = squeeze.forward(wide);
            if (residual) {
                return scope.keep(project.forwardGatedInto(x, wide, gate));
            }
            x.close();
            return scope.keep(project.forwardGated(wide, gate));
        }
    }
}
