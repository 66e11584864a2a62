package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks an MDETR can see with. */
public enum BackboneType {
    /** ResNet-18 (He et al. 2016). */
    RESNET18(ResNetSize.basic(2, 2, 2, 2), "resnet18"),
    /** ResNet-18 with half of the channels, for small models; it can be dilated. */
    RESNET18_HALF(ResNetSize.basic(2, 2, 2, 2).half(), "resnet18_half"),
    /** ResNet-34. */
    RESNET34(ResNetSize.basic(3, 4, 6, 3), "resnet34"),
    /** ResNet-50. */
    RESNET50(ResNetSize.bottleneck(3, 4, 6, 3), "resnet50"),
    /** ResNet-101, of the main published models. */
    RESNET101(ResNetSize.bottleneck(3, 4, 23, 3), "resnet101"),
    /** EfficientNet-B3 (Tan and Le 2019), as timm has it of TensorFlow. */
    EFFICIENTNET_B3(
            new EfficientNetSize(1.2, 1.4),
            "timm_tf_efficientnet_b3_ns",
            "efficientnet_b3",
            "tf_efficientnet_b3_ns",
            "tf_efficientnet_b3.ns_jft_in1k"),
    /** EfficientNet-B5. */
    EFFICIENTNET_B5(
            new EfficientNetSize(1.6, 2.2),
            "timm_tf_efficientnet_b5_ns",
            "efficientnet_b5",
            "tf_efficientnet_b5_ns",
            "tf_efficientnet_b5.ns_jft_in1k");

    @SuppressWarnings("ImmutableEnumChecker") // records of numbers
    private final BackboneSize size;

    private final String argument;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<String> otherNames;

    BackboneType(BackboneSize size, String argument, String... otherNames) {
        this.size = size;
        this.argument = argument;
        this.otherNames = List.of(otherNames);
    }

    /** Its name in the {@code backbone} argument of published checkpoints. */
    public String argument() {
        return argument;
    }

    /** Its short name. */
    public String shortName() {
        return otherNames.isEmpty() ? argument : otherNames.get(0);
    }

    /** Whether it goes by that name: the published argument, the short name, or one of timm's. */
    public boolean isCalled(String name) {
        return argument.equals(name) || otherNames.contains(name);
    }

    /** Whether the last stage can be dilated (DC5): only a bottleneck network's, as in torchvision, and a narrow one's. */
    public boolean canDilate() {
        return size.canDilate();
    }

    /** Channels of the last feature map. */
    public int channels() {
        int[] all = size.channels();
        return all[all.length - 1];
    }

    /** Most features that it holds at once for a pixel of an image, in inference and without scratch memory. */
    public double floatsPerPixel() {
        return size.floatsPerPixel();
    }

    /** Makes the network, its parameters under {@code path}. */
    public Backbone create(Parameters.Path path, boolean dilated) {
        return size.create(path, dilated);
    }

    /**
     * The network of that name.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static BackboneType of(String name) {
        return Arrays.stream(values())
                .filter(b -> b.isCalled(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("backbone '" + name + "' is unknown: expected one of " + names()));
    }

    /** The network that a state dict's weights are of, by their names in the network. */
    public static Optional<BackboneType> of(Map<String, Shape> weights) {
        return Arrays.stream(values()).filter(b -> b.size.fits(weights)).findFirst();
    }

    /** The short names, which {@link #of(String)} takes among others. */
    public static List<String> names() {
        return Arrays.stream(values()).map(BackboneType::shortName).toList();
    }
}
