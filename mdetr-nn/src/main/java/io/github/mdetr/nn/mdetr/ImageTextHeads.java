package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Embedding;
import io.github.mdetr.nn.layer.Linear;

/** The parts of the image-text contrastive loss: a learned CLS token before the image, and two projections. */
final class ImageTextHeads {
    private final Embedding cls;
    private final Linear image;
    private final Linear text;
    private final int width;

    ImageTextHeads(Parameters.Path root, MdetrConfig config) {
        width = config.transformer().width();
        cls = new Embedding(root.child("transformer.CLS"), 1, width, Init.xavierUniform());
        image = Linear.withoutBias(root.child("contrastive_projection_image"), width, config.contrastiveWidth());
        text = Linear.withoutBias(
                root.child("contrastive_projection_text"),
                config.textEncoder().hiddenSize(),
                config.contrastiveWidth());
    }

    /** The CLS token for each of {@code count} images [B, 1, D]. */
    Tensor cls(int count) {
        return Shapes.broadcastTo(cls.table(), Shape.of(count, 1, width));
    }

    /** The encoder's output [B, S, D], whose first token is CLS, to [B, E], E the contrastive width. */
    Tensor projectImage(Tensor memory) {
        try (Scope scope = Scope.open()) {
            Tensor first = Shapes.reshape(Shapes.slice(memory, 1, 0, 1), memory.dim(0), width);
            return scope.keep(image.forward(first));
        }
    }

    /** The pooled text [B, H] to [B, E]. */
    Tensor projectText(Tensor pooled) {
        return text.forward(pooled);
    }
}
