package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.Linear;

/** The part of a transformer layer that works on each token by itself: W₂·relu(W₁·x + b₁) + b₂. */
final class FeedForward {
    private final Linear linear1;
    private final Linear linear2;
    private final float rate;

    /** Parameters {@code linear1} and {@code linear2} under {@code path}. */
    FeedForward(Parameters.Path path, TransformerConfig config) {
        int width = config.width();
        int inner = config.feedForward();
        linear1 = Linear.of(path.child("linear1"), width, inner, Init.xavierUniform(), bias(width));
        linear2 = Linear.of(path.child("linear2"), inner, width, Init.xavierUniform(), bias(inner));
        rate = config.dropout();
    }

    private static Init bias(int in) {
        return Init.uniform(1 / Math.sqrt(in));
    }

    /** x [B, S, D] to the same shape. */
    Tensor forward(Tensor x, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor h = dropout.apply(linear1.forward(x, Activation.RELU), rate);
            return scope.keep(dropout.apply(linear2.forward(h), rate));
        }
    }
}
