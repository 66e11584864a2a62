package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Shape;
import java.util.Map;

/** One network of a family: what tells it from the others, and how it is made. */
sealed interface BackboneSize permits ResNetSize, EfficientNetSize {

    /** Channels of the four feature maps, finest first. */
    int[] channels();

    /** Most features that it holds at once for a pixel of an image, the pixel's own among them. */
    double floatsPerPixel();

    /** Whether the last stage can be dilated (DC5). */
    boolean canDilate();

    /** Whether a state dict with these weights, by their names in the network, is of this network. */
    boolean fits(Map<String, Shape> weights);

    /** Makes the network, its parameters under {@code path}. */
    Backbone create(Parameters.Path path, boolean dilated);

    /** Whether block n − 1 is the last of the stage whose weights' names begin with {@code prefix}. */
    static boolean ends(Map<String, Shape> weights, String prefix, int n) {
        return has(weights, prefix + (n - 1) + ".") && !has(weights, prefix + n + ".");
    }

    private static boolean has(Map<String, Shape> weights, String prefix) {
        return weights.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }
}
