package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.parameter.Parameters;
import java.util.Arrays;
import java.util.List;

/** The networks an MDETR can see with. */
public enum BackboneType {
    /** ResNet-18 (He et al. 2016). */
    RESNET18("resnet18", false, 2, 2, 2, 2),
    /** ResNet-34. */
    RESNET34("resnet34", false, 3, 4, 6, 3),
    /** ResNet-50. */
    RESNET50("resnet50", true, 3, 4, 6, 3),
    /** ResNet-101, of the main published models. */
    RESNET101("resnet101", true, 3, 4, 23, 3);

    private final String argument;
    private final boolean bottleneck;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<Integer> blocks;

    BackboneType(String argument, boolean bottleneck, Integer... blocks) {
        this.argument = argument;
        this.bottleneck = bottleneck;
        this.blocks = List.of(blocks);
    }

    /** Its name in the {@code backbone} argument of published checkpoints. */
    public String argument() {
        return argument;
    }

    /** Blocks in each of the four stages. */
    public List<Integer> blocks() {
        return blocks;
    }

    /** Whether its blocks are bottlenecks (1×1, 3×3, 1×1) and not basic (3×3, 3×3). */
    public boolean isBottleneck() {
        return bottleneck;
    }

    /** Whether the last stage can be dilated (DC5): only a bottleneck network's, as in torchvision. */
    public boolean canDilate() {
        return bottleneck;
    }

    /** Channels of the last feature map. */
    public int channels() {
        return bottleneck ? 2048 : 512;
    }

    /** Makes the network, its parameters under {@code path}. */
    public Backbone create(Parameters.Path path, boolean dilated) {
        return new ResNet(path, this, dilated);
    }

    /**
     * The network of that name.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static BackboneType of(String argument) {
        return Arrays.stream(values())
                .filter(b -> b.argument.equals(argument))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "backbone '" + argument + "' is unknown: expected one of " + names()));
    }

    /** The names that {@link #of} takes. */
    public static List<String> names() {
        return Arrays.stream(values()).map(BackboneType::argument).toList();
    }
}
