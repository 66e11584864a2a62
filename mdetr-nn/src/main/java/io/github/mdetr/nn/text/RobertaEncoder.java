package io.github.mdetr.nn.text;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.Linear;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * RoBERTa (Liu et al. 2019): embeddings, post-norm transformer layers and, where asked for, the pooler tanh(W·x₀ + b) on
 * the first token. Parameters by the names of the transformers library.
 */
public final class RobertaEncoder {
    private final RobertaEmbeddings embeddings;
    private final List<RobertaLayer> layers;
    private final @Nullable Linear pooler;

    /**
     * The encoder under {@code path}.
     *
     * @param pooled whether {@link #pool} is used; if not the pooler is left out for inference, and kept in the state but
     *     not trained otherwise, as in the published checkpoints
     */
    public RobertaEncoder(Parameters.Path path, RobertaConfig config, boolean pooled) {
        embeddings = new RobertaEmbeddings(path.child("embeddings"), config);
        Parameters.Path list = path.child("encoder.layer");
        layers = IntStream.range(0, config.layers())
                .mapToObj(i -> new RobertaLayer(list.child(i), config))
                .toList();
        pooler = pooled || !path.isInference()
                ? pooler(path.child("pooler.dense").inFloat32(), config, pooled)
                : null;
    }

    private static Linear pooler(Parameters.Path path, RobertaConfig config, boolean pooled) {
        Linear linear = Linear.of(path, config.hiddenSize(), config.hiddenSize(), Init.normal(0.02), Init.constant(0));
        return pooled ? linear : linear.freeze();
    }

    /**
     * Features of the tokens.
     *
     * @return [B, T, H]
     * @throws IllegalArgumentException when a text is too long or an id is outside the vocabulary
     */
    public Tensor forward(TokenBatch tokens, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor padding = tokens.paddingMask();
            Tensor x = embeddings.forward(tokens, dropout);
            for (RobertaLayer layer : layers) {
                Tensor y = layer.forward(x, padding, dropout);
                x.close();
                x = y;
            }
            return scope.keep(x);
        }
    }

    /** The features [B, H] of whole texts, from those of their tokens [B, T, H]. */
    public Tensor pool(Tensor features) {
        if (pooler == null) {
            throw new IllegalStateException("pooler: the encoder was made without one");
        }
        try (Scope scope = Scope.open()) {
            Tensor first = Shapes.reshape(Shapes.slice(features, 1, 0, 1), features.dim(0), features.dim(2));
            return scope.keep(Elementwise.tanh(pooler.forward(first)));
        }
    }
}
