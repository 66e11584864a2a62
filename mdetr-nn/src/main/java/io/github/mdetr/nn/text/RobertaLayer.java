package io.github.mdetr.nn.text;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Attention;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.LayerNorm;
import io.github.mdetr.nn.layer.Linear;

/** One layer of RoBERTa: self-attention, then a feed-forward part with exact GELU, each followed by sum and norm. */
final class RobertaLayer {
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear attentionOut;
    private final LayerNorm attentionNorm;
    private final Linear intermediate;
    private final Linear out;
    private final LayerNorm norm;
    private final int heads;
    private final float rate;

    RobertaLayer(Parameters.Path path, RobertaConfig config) {
        int width = config.hiddenSize();
        Parameters.Path self = path.child("attention.self");
        Parameters.Path attention = path.child("attention.output");
        query = linear(self.child("query"), width, width);
        key = linear(self.child("key"), width, width);
        value = linear(self.child("value"), width, width);
        attentionOut = linear(attention.child("dense"), width, width);
        attentionNorm = new LayerNorm(attention.child("LayerNorm"), width, config.layerNormEps());
        intermediate = linear(path.child("intermediate.dense"), width, config.intermediateSize());
        out = linear(path.child("output.dense"), config.intermediateSize(), width);
        norm = new LayerNorm(path.child("output.LayerNorm"), width, config.layerNormEps());
        heads = config.heads();
        rate = config.dropout();
    }

    private static Linear linear(Parameters.Path path, int in, int out) {
        return Linear.of(path, in, out, Init.normal(0.02), Init.constant(0));
    }

    /** x [B, T, H] to the same shape; {@code padding} [B, T], true on padding. */
    Tensor forward(Tensor x, Tensor padding, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor q = query.forward(x);
            Tensor k = key.forward(x);
            Tensor v = value.forward(x);
            Tensor a = attentionOut.forward(Attention.attend(q, k, v, padding, heads, rate, dropout));
            Tensor y = attentionNorm.forward(dropout.apply(a, rate), x);
            Tensor h = out.forward(intermediate.forward(y, Activation.GELU));
            return scope.keep(norm.forward(dropout.apply(h, rate), y));
        }
    }
}
