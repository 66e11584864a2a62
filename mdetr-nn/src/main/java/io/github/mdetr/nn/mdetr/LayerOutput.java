package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the heads make of one decoder layer's output, for B pairs of image and caption. E is the configuration's
 * {@code contrastiveWidth}, 64 in the published models.
 *
 * @param logits [B, Q, 256], over 255 token positions and, last, "no object"
 * @param boxes [B, Q, 4], cxcywh in [0, 1] of the unpadded image
 * @param isFinal logits [B, Q, 1], or null without that head
 * @param queryEmbeddings [B, Q, E] of length 1, comparable with the token embeddings, or null without alignment
 */
public record LayerOutput(
        Tensor logits,
        Tensor boxes,
        @Nullable Tensor isFinal,
        @Nullable Tensor queryEmbeddings) {

    Stream<Tensor> tensors() {
        return Stream.of(logits, boxes, isFinal, queryEmbeddings).flatMap(Stream::ofNullable);
    }
}
