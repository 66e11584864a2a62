package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One of the ResNets.
 *
 * @param bottleneck whether its blocks are bottlenecks (1×1, 3×3, 1×1) and not basic (3×3, 3×3)
 * @param blocks blocks in each of the four stages
 */
record ResNetSize(boolean bottleneck, List<Integer> blocks) implements BackboneSize {
    private static final int STAGES = 4;
    private static final int BOTTLENECK_EXPANSION = 4;

    static ResNetSize basic(Integer... blocks) {
        return new ResNetSize(false, List.of(blocks));
    }

    static ResNetSize bottleneck(Integer... blocks) {
        return new ResNetSize(true, List.of(blocks));
    }

    /** Channels within the blocks of a stage. */
    int width(int stage) {
        return 64 << stage;
    }

    /** Channels that a block of a stage gives. */
    int channels(int stage) {
        return bottleneck ? BOTTLENECK_EXPANSION * width(stage) : width(stage);
    }

    @Override
    public int[] channels() {
        return IntStream.range(0, STAGES).map(this::channels).toArray();
    }

    /** Only bottlenecks, as in torchvision. */
    @Override
    public boolean canDilate() {
        return bottleneck;
    }

    @Override
    public boolean fits(Map<String, Shape> weights) {
        return weights.containsKey("layer1.0.conv3.weight") == bottleneck
                && IntStream.range(0, STAGES)
                        .allMatch(s -> BackboneSize.ends(weights, "layer" + (s + 1) + ".", blocks.get(s)));
    }

    @Override
    public Backbone create(Parameters.Path path, boolean dilated) {
        return new ResNet(path, this, dilated);
    }
}
