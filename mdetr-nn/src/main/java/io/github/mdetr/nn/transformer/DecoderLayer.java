package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.LayerNorm;
import io.github.mdetr.nn.layer.MultiHeadAttention;

/**
 * One post-norm layer of the decoder: attention among the queries, attention to the memory, feed-forward. The published
 * norms are numbered 1, 3 and 4.
 */
final class DecoderLayer {
    private final MultiHeadAttention selfAttention;
    private final LayerNorm norm1;
    private final MultiHeadAttention crossAttention;
    private final LayerNorm norm3;
    private final FeedForward feedForward;
    private final LayerNorm norm4;
    private final float rate;

    DecoderLayer(Parameters.Path path, TransformerConfig config) {
        int width = config.width();
        selfAttention = new MultiHeadAttention(path.child("self_attn"), width, config.heads(), config.dropout());
        norm1 = new LayerNorm(path.child("norm1"), width);
        crossAttention =
                new MultiHeadAttention(path.child("cross_attn_image"), width, config.heads(), config.dropout());
        norm3 = new LayerNorm(path.child("norm3"), width);
        feedForward = new FeedForward(path, config);
        norm4 = new LayerNorm(path.child("norm4"), width);
        rate = config.dropout();
    }

    /** x [B, Q, D], queries [Q, D], keys and memory [B, S, D], mask [B, S] to [B, Q, D]. */
    Tensor forward(Tensor x, Tensor queries, Tensor keys, Tensor memory, Tensor mask, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor asked = Elementwise.add(x, queries);
            Tensor among = selfAttention.forward(asked, asked, x, null, dropout);
            Tensor y = norm1.forward(dropout.apply(among, rate), x);
            Tensor found = crossAttention.forward(Elementwise.add(y, queries), keys, memory, mask, dropout);
            Tensor z = norm3.forward(dropout.apply(found, rate), y);
            return scope.keep(norm4.forward(feedForward.forward(z, dropout), z));
        }
    }
}
