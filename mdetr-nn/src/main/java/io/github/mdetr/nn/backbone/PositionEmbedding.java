package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;

/** Where in the image each pixel of a feature map is, as features. */
public interface PositionEmbedding {

    /** Positions [B, rows·columns, D] of a feature map of a padded batch, row-major. */
    Tensor forward(ImagePadding padding, int rows, int columns);
}
