package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.LayerNorm;
import io.github.mdetr.nn.layer.Linear;

/** Brings the text encoder's features to the transformer's width: norm(W·x + b), eps 1e-12. */
public final class Resizer {
    private final Linear fc;
    private final LayerNorm norm;
    private final float rate;

    /** From {@code in} to {@code out} features; parameters {@code fc} and {@code layer_norm}. */
    public Resizer(Parameters.Path path, int in, int out, float rate) {
        this.fc = Linear.of(path.child("fc"), in, out);
        this.norm = new LayerNorm(path.child("layer_norm"), out, 1e-12f);
        this.rate = rate;
    }

    /** x [B, T, in] to [B, T, out]. */
    public Tensor forward(Tensor x, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            return scope.keep(dropout.apply(norm.forward(fc.forward(x)), rate));
        }
    }
}
