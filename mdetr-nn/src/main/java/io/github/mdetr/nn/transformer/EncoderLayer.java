package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.LayerNorm;
import io.github.mdetr.nn.layer.MultiHeadAttention;

/** One post-norm layer of the cross encoder; queries and keys carry positions, values do not. */
final class EncoderLayer {
    private final MultiHeadAttention selfAttention;
    private final LayerNorm norm1;
    private final FeedForward feedForward;
    private final LayerNorm norm2;
    private final float rate;

    EncoderLayer(Parameters.Path path, TransformerConfig config) {
        selfAttention =
                new MultiHeadAttention(path.child("self_attn"), config.width(), config.heads(), config.dropout());
        norm1 = new LayerNorm(path.child("norm1"), config.width());
        feedForward = new FeedForward(path, config);
        norm2 = new LayerNorm(path.child("norm2"), config.width());
        rate = config.dropout();
    }

    /** x, positions [B, S, D] and mask [B, S] to [B, S, D]. */
    Tensor forward(Tensor x, Tensor positions, Tensor mask, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor located = Elementwise.add(x, positions);
            Tensor a = selfAttention.forward(located, located, x, mask, dropout);
            Tensor y = norm1.forward(dropout.apply(a, rate), x);
            return scope.keep(norm2.forward(feedForward.forward(y, dropout), y));
        }
    }
}
