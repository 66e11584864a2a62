package io.github.mdetr.nn.layer;

import io.github.mdetr.core.op.Normalizations;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Tensor;

/**
 * Layer normalization (Ba et al. 2016): (x − mean)/√(var + eps)·w + b over the last axis. Parameters {@code weight} and
 * {@code bias} [D].
 */
public final class LayerNorm {
    /** The eps of PyTorch's layer, RoBERTa's and DETR's. */
    public static final float EPS = 1e-5f;

    private final Parameter weight;
    private final Parameter bias;
    private final float eps;

    /** Over {@code width} features. */
    public LayerNorm(Parameters.Path path, int width, float eps) {
        this.weight = path.weight("weight", Init.constant(1), width);
        this.bias = path.weight("bias", Init.constant(0), width);
        this.eps = eps;
    }

    /** Over {@code width} features, eps 1e-5. */
    public LayerNorm(Parameters.Path path, int width) {
        this(path, width, EPS);
    }

    /** x [..., D], normalized. */
    public Tensor forward(Tensor x) {
        return Normalizations.layerNorm(x, weight.tensor(), bias.tensor(), eps);
    }

    /** x + residual, both [..., D], normalized in one pass. */
    public Tensor forward(Tensor x, Tensor residual) {
        return Normalizations.layerNorm(x, residual, weight.tensor(), bias.tensor(), eps);
    }
}
