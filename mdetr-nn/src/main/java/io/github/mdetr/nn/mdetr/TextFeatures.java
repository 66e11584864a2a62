package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Captions as the encoder takes them, to be joined with any image. Owns its tensors.
 *
 * @param tokens [B, T, D]
 * @param mask [B, T], true on padding
 * @param pooled projected whole texts [B, E], E the contrastive width, or null without the image-text contrastive head
 */
public record TextFeatures(
        Tensor tokens, Tensor mask, @Nullable Tensor pooled) implements AutoCloseable {

    /** B, the number of captions. */
    public int count() {
        return tokens.dim(0);
    }

    List<Tensor> tensors() {
        return pooled == null ? List.of(tokens, mask) : List.of(tokens, mask, pooled);
    }

    @Override
    public void close() {
        tensors().forEach(Tensor::close);
    }
}
