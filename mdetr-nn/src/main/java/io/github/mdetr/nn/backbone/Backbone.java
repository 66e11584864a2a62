package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.tensor.Tensor;

/** A network from images to feature maps. Images are channels-last [B, H, W, 3], normalized; sides need no multiple. */
public interface Backbone {

    /** The last feature map alone [B, h, w, C], which detection reads; the others are let go on the way. */
    Tensor forward(Tensor images);

    /** All four feature maps, which segmentation reads. */
    FeatureMaps pyramid(Tensor images);

    /** Channels of the four feature maps, finest first. */
    int[] channels();
}
