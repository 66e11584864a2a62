package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a forward pass gives, for B pairs of image and caption with S = [CLS] + h·w + T tokens in the encoder. E is the
 * configuration's {@code contrastiveWidth}, 64 in the published models. Owns its tensors.
 *
 * @param last the last decoder layer's predictions
 * @param auxiliary those of the layers before it, first to last; empty when not asked for
 * @param tokenEmbeddings [B, T, E] of length 1, or null without alignment
 * @param pooledText projected text [C, E] of the C captions given, not normalized, or null without the image-text
 *     contrastive head
 * @param pooledImage projected image [B, E], likewise
 * @param memory the encoder's output [B, S, D]: CLS where there is one, image row-major, text
 * @param memoryMask mask [B, S], true on padding
 * @param textTokens text features [C, T, D] of the C captions given, as they enter the encoder
 * @param features the backbone's last map [I, h, w, channels] of the I images given
 */
public record MdetrOutput(
        LayerOutput last,
        List<LayerOutput> auxiliary,
        @Nullable Tensor tokenEmbeddings,
        @Nullable Tensor pooledText,
        @Nullable Tensor pooledImage,
        Tensor memory,
        Tensor memoryMask,
        Tensor textTokens,
        Tensor features)
        implements AutoCloseable {

    /** Copies the list. */
    public MdetrOutput {
        auxiliary = List.copyOf(auxiliary);
    }

    /** The last layer's logits [B, Q, 256]. */
    public Tensor logits() {
        return last.logits();
    }

    /** The last layer's boxes [B, Q, 4], cxcywh in [0, 1]. */
    public Tensor boxes() {
        return last.boxes();
    }

    /** What losses are made of: all layers' predictions, and what there is of embeddings. */
    public Stream<Tensor> predictions() {
        Stream<Tensor> layers =
                Stream.concat(auxiliary.stream(), Stream.of(last)).flatMap(LayerOutput::tensors);
        return Stream.concat(
                layers, Stream.of(tokenEmbeddings, pooledText, pooledImage).flatMap(Stream::ofNullable));
    }

    Stream<Tensor> tensors() {
        return Stream.concat(predictions(), Stream.of(memory, memoryMask, textTokens, features));
    }

    @Override
    public void close() {
        tensors().forEach(Tensor::close);
    }
}
