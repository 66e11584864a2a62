package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.ConvNorm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A residual block: relu(convolutions(x) + shortcut(x)), two 3×3 convolutions or, as a bottleneck, 1×1, 3×3 and 1×1 to
 * four times the width. The shortcut is a 1×1 convolution where size or width changes. Shortcut sum and ReLU are part of
 * the last convolution's kernel.
 */
final class ResNetBlock {
    private static final int EXPANSION = 4;

    private final List<ConvNorm> convolutions = new ArrayList<>();
    private final @Nullable ConvNorm shortcut;
    private final int channels;

    ResNetBlock(Parameters.Path path, boolean bottleneck, int in, int width, int stride, int dilation) {
        Window pointwise = Window.of(1, 0);
        Window strided = Window.of(stride, dilation).dilated(dilation);
        if (bottleneck) {
            channels = EXPANSION * width;
            convolutions.add(new ConvNorm(path, "conv1", "bn1", in, width, 1, pointwise));
            convolutions.add(new ConvNorm(path, "conv2", "bn2", width, width, 3, strided));
            convolutions.add(new ConvNorm(path, "conv3", "bn3", width, channels, 1, pointwise));
        } else {
            channels = width;
            convolutions.add(new ConvNorm(path, "conv1", "bn1", in, width, 3, strided));
            convolutions.add(new ConvNorm(
                    path,
                    "conv2",
                    "bn2",
                    width,
                    width,
                    3,
                    Window.of(1, dilation).dilated(dilation)));
        }
        shortcut = stride == 1 && in == channels
                ? null
                : new ConvNorm(path, "downsample.0", "downsample.1", in, channels, 1, Window.of(stride, 0));
    }

    int channels() {
        return channels;
    }

    ResNetBlock freeze() {
        convolutions.forEach(ConvNorm::freeze);
        if (shortcut != null) {
            shortcut.freeze();
        }
        return this;
    }

    /** x [B, h, w, in] to [B, h/stride, w/stride, channels]; takes x over and closes it. */
    Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor h = x;
            int last = convolutions.size() - 1;
            for (ConvNorm conv : convolutions.subList(0, last)) {
                Tensor before = h;
                h = conv.forward(before, Activation.RELU);
                if (before != x) {
                    before.close(); // the next map takes its memory while the caches hold it
                }
            }
            Tensor residual = x;
            if (shortcut != null) {
                residual = shortcut.forward(x, Activation.IDENTITY);
                x.close();
            }
            return scope.keep(convolutions.get(last).forwardInto(residual, h, Activation.RELU));
        }
    }
}
