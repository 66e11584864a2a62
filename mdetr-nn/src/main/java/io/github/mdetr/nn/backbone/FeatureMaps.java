package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.tensor.Tensor;
import java.util.List;

/**
 * Feature maps [B, h, w, C] at strides 4, 8, 16 and 32, finest first (the last at 16 in a dilated network). Owns its
 * tensors.
 *
 * @param levels the four maps
 */
public record FeatureMaps(List<Tensor> levels) implements AutoCloseable {

    /** Copies the list. */
    public FeatureMaps {
        levels = List.copyOf(levels);
    }

    /** The coarsest, which detection reads. */
    public Tensor last() {
        return levels.get(levels.size() - 1);
    }

    @Override
    public void close() {
        levels.forEach(Tensor::close);
    }
}
