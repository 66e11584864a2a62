package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Normalizations;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Linear;
import io.github.mdetr.nn.layer.Mlp;
import org.jspecify.annotations.Nullable;

/** The heads on a decoder layer's output (MDETR §2.2.1): soft tokens, box, alignment, isfinal. */
final class DetectionHeads {
    private final Linear classEmbed;
    private final Mlp boxEmbed;
    private final @Nullable Linear isFinal;
    private final @Nullable Linear alignment;

    DetectionHeads(Parameters.Path root, MdetrConfig config) {
        int width = config.transformer().width();
        classEmbed = Linear.of(root.child("class_embed"), width, MdetrConfig.TOKEN_CLASSES);
        boxEmbed = new Mlp(root.child("bbox_embed"), width, width, width, 4);
        isFinal = config.isFinal() ? Linear.of(root.child("isfinal_embed"), width, 1) : null;
        alignment = config.contrastiveAlign()
                ? Linear.of(root.child("contrastive_align_projection_image"), width, config.contrastiveWidth())
                : null;
    }

    /** A decoder layer's normed output [B, Q, D] to predictions. */
    LayerOutput forward(Tensor x) {
        try (Scope scope = Scope.open()) {
            LayerOutput out = new LayerOutput(
                    classEmbed.forward(x),
                    Elementwise.sigmoid(boxEmbed.forward(x)),
                    isFinal == null ? null : isFinal.forward(x),
                    alignment == null ? null : Normalizations.l2Normalize(alignment.forward(x)));
            out.tensors().forEach(scope::keep);
            return out;
        }
    }
}
