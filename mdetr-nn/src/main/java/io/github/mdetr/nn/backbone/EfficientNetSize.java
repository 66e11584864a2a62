package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One of the EfficientNets: B0's stages, made wider and deeper (Tan and Le 2019, section 3.3).
 *
 * @param width factor of all channels, which are then rounded to a multiple of 8
 * @param depth factor of the numbers of blocks, rounded up
 */
record EfficientNetSize(double width, double depth) implements BackboneSize {
    private static final int STEM = 32;
    private static final int ROUNDING = 8;

    /** The stages of B0 (table 1). */
    private static final List<Stage> B0 = List.of(
            new Stage(3, 1, 1, 16, 1),
            new Stage(3, 2, 6, 24, 2),
            new Stage(5, 2, 6, 40, 2),
            new Stage(3, 2, 6, 80, 3),
            new Stage(5, 1, 6, 112, 3),
            new Stage(5, 2, 6, 192, 4),
            new Stage(3, 1, 6, 320, 1));

    /** The last stage of each stride from 4 to 32. */
    static final List<Integer> LEVELS = List.of(1, 2, 4, 6);

    /**
     * Blocks of one kind.
     *
     * @param kernel rows and columns of the depthwise convolution's window
     * @param stride of the first block
     * @param expansion how many times wider a block is within; 1 for blocks without an expanding convolution
     * @param channels that the blocks give
     * @param blocks how many there are
     */
    record Stage(int kernel, int stride, int expansion, int channels, int blocks) {}

    /** Channels of the stem. */
    int stem() {
        return widened(STEM);
    }

    List<Stage> stages() {
        return B0.stream()
                .map(s -> new Stage(
                        s.kernel, s.stride, s.expansion, widened(s.channels), (int) Math.ceil(s.blocks * depth)))
                .toList();
    }

    /** The multiple of 8 nearest to {@code channels · width}, but never less than nine tenths of it. */
    private int widened(int channels) {
        double wanted = channels * width;
        int near = Math.max(ROUNDING, (int) (wanted + ROUNDING / 2.0) / ROUNDING * ROUNDING);
        return near < 0.9 * wanted ? near + ROUNDING : near;
    }

    @Override
    public int[] channels() {
        List<Stage> stages = stages();
        return LEVELS.stream().mapToInt(i -> stages.get(i).channels).toArray();
    }

    /** The first block that halves the map: what comes in and its expansion at stride 2, the rest at stride 4. */
    @Override
    public double floatsPerPixel() {
        Stage second = stages().get(1);
        double in = stages().get(0).channels;
        double wide = in * second.expansion;
        return 3 + (in + wide) / 4 + (wide + second.channels) / 16;
    }

    @Override
    public boolean canDilate() {
        return false;
    }

    @Override
    public boolean fits(Map<String, Shape> weights) {
        Shape stem = weights.get("conv_stem.weight");
        List<Stage> stages = stages();
        return stem != null
                && stem.rank() == 4
                && stem.dim(0) == stem()
                && IntStream.range(0, stages.size())
                        .allMatch(s -> BackboneSize.ends(weights, "blocks." + s + ".", stages.get(s).blocks));
    }

    @Override
    public Backbone create(Parameters.Path path, boolean dilated) {
        return new EfficientNet(path, this);
    }
}
