package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Images;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.ConvNorm;
import java.util.ArrayList;
import java.util.List;

/**
 * ResNet (He et al. 2016), in torchvision's layout: a bottleneck strides on its 3×3 convolution. The stem and the first stage
 * are trained in {@link Mode#FULL_TRAINING} alone. Dilated (DC5), the last stage keeps the resolution: its first block has
 * stride 1 and dilation 1, its later ones dilation 2.
 */
public final class ResNet implements Backbone {
    private final ConvNorm stem;
    private final List<List<ResNetBlock>> stages = new ArrayList<>();
    private final int[] channels;

    /** The network of {@code size}, its parameters {@code conv1}, {@code bn1}, {@code layer1} … under {@code path}. */
    ResNet(Parameters.Path path, ResNetSize size, boolean dilated) {
        boolean frozen = path.mode() != Mode.FULL_TRAINING;
        int in = size.width(0);
        stem = new ConvNorm(path, "conv1", "bn1", 3, in, 7, Window.of(2, 3));
        if (frozen) {
            stem.freeze();
        }
        channels = size.channels();
        for (int stage = 0; stage < 4; stage++) {
            Parameters.Path layer = path.child("layer" + (stage + 1));
            boolean keepsSize = stage == 0 || (stage == 3 && dilated);
            List<ResNetBlock> blocks = new ArrayList<>();
            for (int i = 0; i < size.blocks().get(stage); i++) {
                int stride = i == 0 && !keepsSize ? 2 : 1;
                int dilation = i > 0 && stage == 3 && dilated ? 2 : 1;
                ResNetBlock block =
                        new ResNetBlock(layer.child(i), size.bottleneck(), in, size.width(stage), stride, dilation);
                blocks.add(frozen && stage == 0 ? block.freeze() : block);
                in = block.channels();
            }
            stages.add(blocks);
        }
    }

    @Override
    public Tensor forward(Tensor images) {
        try (Scope scope = Scope.open()) {
            Tensor x = stem(images); // [B, H/4, W/4, width]
            for (List<ResNetBlock> stage : stages) {
                x = run(stage, x);
            }
            return scope.keep(x); // [B, H/32, W/32, C], H/16 when dilated
        }
    }

    @Override
    public FeatureMaps pyramid(Tensor images) {
        try (Scope scope = Scope.open()) {
            Tensor x = stem(images);
            List<Tensor> levels = new ArrayList<>();
            for (List<ResNetBlock> stage : stages) {
                x = run(stage, x);
                // a handle of its own: the next stage takes x over
                levels.add(Shapes.reshape(x, x.shape().dims()));
            }
            levels.forEach(scope::keep);
            return new FeatureMaps(levels);
        }
    }

    @Override
    public int[] channels() {
        return channels.clone();
    }

    private Tensor stem(Tensor images) {
        try (Scope scope = Scope.open()) {
            Tensor x = stem.forward(images, Activation.RELU); // [B, H/2, W/2, width]
            return scope.keep(Images.maxPool2d(x, 3, Window.of(2, 1)));
        }
    }

    /** Runs a stage; each block takes over the map before it. */
    private static Tensor run(List<ResNetBlock> stage, Tensor first) {
        Tensor x = first;
        for (ResNetBlock block : stage) {
            x = block.forward(x);
        }
        return x;
    }
}
