package io.github.mdetr.nn.layer;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** Linear maps with ReLU between them: {@code layers.0}, {@code layers.1}, … of the widths told. */
public final class Mlp {
    private final List<Linear> layers;

    /** From {@code widths[0]} features over the widths between to the last. */
    public Mlp(Parameters.Path path, int... widths) {
        Parameters.Path list = path.child("layers");
        this.layers = IntStream.range(0, widths.length - 1)
                .mapToObj(i -> Linear.of(list.child(i), widths[i], widths[i + 1]))
                .toList();
    }

    /** x [..., in] to [..., out]. */
    public Tensor forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            Tensor h = x;
            for (Linear layer : layers.subList(0, layers.size() - 1)) {
                h = layer.forward(h, Activation.RELU);
            }
            return scope.keep(layers.get(layers.size() - 1).forward(h));
        }
    }
}
