package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.ConvNorm;
import java.util.ArrayList;
import java.util.List;

/**
 * EfficientNet (Tan and Le 2019) without its head and with frozen batch norms, in timm's layout of TensorFlow's networks:
 * a 3×3 stem and seven stages of {@link EfficientNetBlock}s, padded by the image's size. All of it is trained.
 */
public final class EfficientNet implements Backbone {
    private final ConvNorm stem;
    private final List<List<EfficientNetBlock>> stages = new ArrayList<>();
    private final int[] channels;

    /** The network of {@code size}, its parameters {@code conv_stem}, {@code bn1}, {@code blocks.0.0} … under {@code path}. */
    EfficientNet(Parameters.Path path, EfficientNetSize size) {
        stem = new ConvNorm(path, "conv_stem", "bn1", 3, size.stem(), 3, Window.of(2, 0))
                .samePadding()
                .trainAffine();
        channels = size.channels();
        int in = size.stem();
        for (EfficientNetSize.Stage stage : size.stages()) {
            Parameters.Path list = path.child("blocks").child(stages.size());
            List<EfficientNetBlock> blocks = new ArrayList<>();
            for (int i = 0; i < stage.blocks(); i++) {
                blocks.add(new EfficientNetBlock(list.child(i), stage, in, i == 0 ? stage.stride() : 1));
                in = stage.channels();
            }
            stages.add(blocks);
        }
    }

    @Override
    public Tensor forward(Tensor images) {
        try (Scope scope = Scope.open()) {
            Tensor x = stem.forward(images, Activation.SILU); // [B, H/2, W/2, stem]
            for (List<EfficientNetBlock> stage : stages) {
                x = run(stage, x);
            }
            return scope.keep(x); // [B, H/32, W/32, C]
        }
    }

    @Override
    public FeatureMaps pyramid(Tensor images) {
        try (Scope scope = Scope.open()) {
            Tensor x = stem.forward(images, Activation.SILU);
            List<Tensor> levels = new ArrayList<>();
            for (int i = 0; i < stages.size(); i++) {
                x = run(stages.get(i), x);
                if (EfficientNetSize.LEVELS.contains(i)) {
                    // a handle of its own: the next stage takes x over
                    levels.add(scope.keep(Shapes.reshape(x, x.shape().dims())));
                }
            }
            return new FeatureMaps(levels);
        }
    }

    @Override
    public int[] channels() {
        return channels.clone();
    }

    /** Runs a stage; each block takes over the map before it. */
    private static Tensor run(List<EfficientNetBlock> stage, Tensor first) {
        Tensor x = first;
        for (EfficientNetBlock block : stage) {
            x = block.forward(x);
        }
        return x;
    }
}
