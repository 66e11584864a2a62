package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.LayerNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The decoder: learned queries look at the memory and at each other, and become objects (DETR, Carion et al. 2020). */
public final class Decoder {
    private final List<DecoderLayer> layers;
    private final LayerNorm norm;

    /** Parameters {@code layers.N} and {@code norm} under {@code path}. */
    public Decoder(Parameters.Path path, TransformerConfig config) {
        Parameters.Path list = path.child("layers");
        layers = IntStream.range(0, config.decoderLayers())
                .mapToObj(i -> new DecoderLayer(list.child(i), config))
                .toList();
        norm = new LayerNorm(path.child("norm"), config.width());
    }

    /**
     * Decodes.
     *
     * @param queries [Q, D], the same for each image
     * @param memory the encoder's output [B, S, D]
     * @param positions its positions [B, S, D]
     * @param mask [B, S], true on padding
     * @param all whether every layer's output is wanted, or only the last's
     * @return the normed outputs [B, Q, D], of all layers in their order or of the last alone
     */
    public List<Tensor> forward(
            Tensor queries, Tensor memory, Tensor positions, Tensor mask, boolean all, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor keys = Elementwise.add(memory, positions); // the same for every layer
            Tensor x = Tensor.zeros(memory.dim(0), queries.dim(0), queries.dim(1)); // [B, Q, D]
            List<Tensor> outputs = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                x = layers.get(i).forward(x, queries, keys, memory, mask, dropout);
                if (all || i == layers.size() - 1) {
                    outputs.add(norm.forward(x));
                }
            }
            outputs.forEach(scope::keep);
            return outputs;
        }
    }
}
