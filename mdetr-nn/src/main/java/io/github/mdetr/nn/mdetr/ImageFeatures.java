package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import java.util.List;

/**
 * Images as the encoder takes them, to be joined with any number of captions. Owns its tensors.
 *
 * @param map the backbone's last feature map [B, h, w, C]
 * @param tokens the same brought to the transformer's width [B, h·w, D], row-major
 * @param positions [B, h·w, D]
 * @param mask [B, h·w], true on padding
 */
public record ImageFeatures(Tensor map, Tensor tokens, Tensor positions, Tensor mask) implements AutoCloseable {

    /** B, the number of images. */
    public int count() {
        return map.dim(0);
    }

    List<Tensor> tensors() {
        return List.of(map, tokens, positions, mask);
    }

    @Override
    public void close() {
        tensors().forEach(Tensor::close);
    }
}
