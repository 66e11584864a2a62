package io.github.mdetr.nn.parity;

import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model's outputs under the published implementation's names and in its layouts: feature maps channels-first, what goes
 * through the encoder sequence-first.
 */
final class PublishedOutputs {
    private PublishedOutputs() {}

    /** The outputs that there are; some share memory with {@code out}. */
    static Map<String, Tensor> of(MdetrOutput out) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("features", Shapes.permute(out.features(), 0, 3, 1, 2));
        all.put("text_memory_resized", Shapes.transpose(out.textTokens(), 0, 1));
        all.put("img_memory", Shapes.transpose(out.memory(), 0, 1));
        all.put("mask", out.memoryMask());
        put(all, "text_pooled_op", out.pooledText());
        put(all, "img_pooled_op", out.pooledImage());
        put(all, "proj_tokens", out.tokenEmbeddings());
        putLayer(all, "", out.last());
        for (int i = 0; i < out.auxiliary().size(); i++) {
            putLayer(all, "aux_outputs." + i + ".", out.auxiliary().get(i));
        }
        return all;
    }

    private static void putLayer(Map<String, Tensor> all, String prefix, LayerOutput layer) {
        put(all, prefix + "pred_logits", layer.logits());
        put(all, prefix + "pred_boxes", layer.boxes());
        put(all, prefix + "pred_isfinal", layer.isFinal());
        put(all, prefix + "proj_queries", layer.queryEmbeddings());
    }

    private static void put(Map<String, Tensor> all, String name, @Nullable Tensor t) {
        if (t != null) {
            all.put(name, t);
        }
    }
}
