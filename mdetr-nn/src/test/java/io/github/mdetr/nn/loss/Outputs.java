package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Model outputs made of what losses look at. */
final class Outputs {
    private Outputs() {}

    /** Of "0.logits", "0.boxes" … of the last decoder layer, "1.logits" … of those before it, and "tokenEmbeddings" …. */
    static MdetrOutput of(Map<String, Tensor> tensors) {
        List<LayerOutput> layers = new ArrayList<>();
        for (int i = 0; tensors.containsKey(i + ".logits"); i++) {
            layers.add(new LayerOutput(
                    Objects.requireNonNull(tensors.get(i + ".logits")),
                    Objects.requireNonNull(tensors.get(i + ".boxes")),
                    tensors.get(i + ".isFinal"),
                    tensors.get(i + ".queryEmbeddings")));
        }
        Tensor unused = Tensor.zeros(1);
        return new MdetrOutput(
                layers.get(0),
                layers.subList(1, layers.size()),
                tensors.get("tokenEmbeddings"),
                tensors.get("pooledText"),
                tensors.get("pooledImage"),
                unused,
                unused,
                unused,
                unused);
    }

    /** Of one layer that says this. */
    static MdetrOutput of(Tensor logits, Tensor boxes) {
        return of(Map.of("0.logits", logits, "0.boxes", boxes));
    }
}
