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
 * @param stem channels of the stem and of the first stage's blocks, 64 but for narrower networks
 */
record ResNetSize(boolean bottleneck, List<Integer> blocks, int stem) implements BackboneSize {
    private static final int STEM = 64;
    private static final int STAGES = 4;
    private static final int BOTTLENECK_EXPANSION = 4;

    static ResNetSize basic(Integer... blocks) {
        return new ResNetSize(false, List.of(blocks), STEM);
    }

    static ResNetSize bottleneck(Integer... blocks) {
        return new ResNetSize(true, List.of(blocks), STEM);
    }

    /** The same network with half of the channels. */
    ResNetSize half() {
        return new ResNetSize(bottleneck, blocks, stem / 2);
    }

    /** Channels within the blocks of a stage. */
    int width(int stage) {
        return stem << stage;
    }

    /** Channels that a block of a stage gives. */
    int channels(int stage) {
        return bottleneck ? BOTTLENECK_EXPANSION * width(stage) : width(stage);
    }

    @Override
    public int[] channels() {
        return IntStream.range(0, STAGES).map(this::channels).toArray();
    }

    /** The stem's map at stride 2 with the pooled one at stride 4, or a block's of the first stage: in, between and out. */
    @Override
    public double floatsPerPixel() {
        double stemAndPooled = stem / 4.0 + stem / 16.0;
        double block = (2.0 * channels(0) + 2.0 * width(0)) / 16;
        return 3 + Math.max(stemAndPooled, block);
    }

    /** Of the published widths only bottlenecks, as in torchvision. */
    @Override
    public boolean canDilate() {
        return bottleneck || stem != STEM;
    }

    @Override
    public boolean fits(Map<String, Shape> weights) {
        Shape first = weights.get("conv1.weight");
        return (first != null && first.rank() > 0 && first.dim(0) == stem)
                && weights.containsKey("layer1.0.conv3.weight") == bottleneck
                && IntStream.range(0, STAGES)
                        .allMatch(s -> BackboneSize.ends(weights, "layer" + (s + 1) + ".", blocks.get(s)));
    }

    @Override
    public Backbone create(Parameters.Path path, boolean dilated) {
        return new ResNet(path, this, dilated);
    }
}
