package io.github.mdetr.nn.transformer;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import java.util.List;
import java.util.stream.IntStream;

/** The encoder over image and text tokens together (MDETR §2.2). */
public final class CrossEncoder {
    private final List<EncoderLayer> layers;

    /** Parameters {@code layers.N} under {@code path}. */
    public CrossEncoder(Parameters.Path path, TransformerConfig config) {
        Parameters.Path list = path.child("layers");
        layers = IntStream.range(0, config.encoderLayers())
                .mapToObj(i -> new EncoderLayer(list.child(i), config))
                .toList();
    }

    /**
     * Encodes.
     *
     * @param tokens image and text tokens [B, S, D]
     * @param positions theirs [B, S, D], 0 on text
     * @param mask [B, S], true on padding
     * @return memory [B, S, D]
     */
    public Tensor forward(Tensor tokens, Tensor positions, Tensor mask, Dropout dropout) {
        try (Scope scope = Scope.open()) {
            Tensor x = tokens;
            for (EncoderLayer layer : layers) {
                Tensor y = layer.forward(x, positions, mask, dropout);
                if (x != tokens) {
                    x.close();
                }
                x = y;
            }
            return scope.keep(x);
        }
    }
}
