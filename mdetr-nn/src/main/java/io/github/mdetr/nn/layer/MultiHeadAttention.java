package io.github.mdetr.nn.layer;

import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head attention with its projections (Vaswani et al. 2017), stored as PyTorch's layer does: {@code
 * in_proj_weight} [3D, D] and {@code in_proj_bias} [3D] hold those of query, key and value in this order, {@code
 * out_proj} is linear. For inference the three are parted and laid out for the kernel, the fused one is let go.
 */
public final class MultiHeadAttention {
    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    /** One of the three projections on its own, as inference uses it. */
    private record Part(Parameter weight, Parameter bias) {}

    private final int width;
    private final int heads;
    private final float rate;
    private final Parameter weight;
    private final Parameter bias;
    private final @Nullable List<Part> parts;
    private final Linear out;

    /** {@code width} D split over {@code heads}; attention weights are dropped with probability {@code rate}. */
    public MultiHeadAttention(Parameters.Path path, int width, int heads, float rate) {
        this.width = width;
        this.heads = heads;
        this.rate = rate;
        this.weight = path.weight("in_proj_weight", Init.xavierUniform(), 3 * width, width);
        this.bias = path.weight("in_proj_bias", Init.constant(0), 3 * width);
        this.parts = path.isInference() && weight.isPresent() && bias.isPresent() ? parted(path) : null;
        this.out = Linear.of(path.child("out_proj"), width, width, Init.xavierUniform(), Init.constant(0));
    }

    private List<Part> parted(Parameters.Path path) {
        try (Scope scope = Scope.open()) {
            List<Part> made = IntStream.range(0, 3)
                    .mapToObj(i -> new Part(
                            path.derived("in_proj_weight." + i, weight.tensor().rows(i * width, width)),
                            path.derived("in_proj_bias." + i, bias.tensor().rows(i * width, width))))
                    .toList();
            made.forEach(p -> p.weight.pack(WeightUse.LINEAR, Window.of(1, 0), path.precision()));
            weight.close();
            bias.close();
            return made;
        }
    }

    /**
     * Attends.
     *
     * @param query [B, T, D]
     * @param key [B, S, D]
     * @param value [B, S, D]
     * @param keyPaddingMask mask [B, S], true on keys to leave out, or null
     * @return [B, T, D]
     */
    public Tensor forward(Tensor query, Tensor key, Tensor value, @Nullable Tensor keyPaddingMask, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor q = project(query, QUERY);
            Tensor k = project(key, KEY);
            Tensor v = project(value, VALUE);
            return scope.keep(out.forward(Attention.attend(q, k, v, keyPaddingMask, heads, rate, dropout)));
        }
    }

    /** x [B, S, D] by one of the three projections. */
    private Tensor project(Tensor x, int part) {
        if (parts != null) {
            return Products.linear(
                    x, parts.get(part).weight.tensor(), parts.get(part).bias.tensor());
        }
        int from = part * width;
        Tensor w = Shapes.slice(weight.tensor(), 0, from, from + width);
        Tensor b = Shapes.slice(bias.tensor(), 0, from, from + width);
        return Products.linear(x, w, b);
    }
}
