package io.github.mdetr.nn.mdetr;

import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A configuration as training arguments: what this library's own files carry as
 * {@link io.github.mdetr.core.io.ModelMetadata}, and {@link ConfigReader} reads back.
 */
public final class ConfigArguments {
    private ConfigArguments() {}

    /** The arguments by their published names; text encoder as a map {@code text_encoder}. Real numbers are doubles. */
    public static Map<String, Object> of(MdetrConfig config) {
        Map<String, Object> out = new LinkedHashMap<>();
        TransformerConfig t = config.transformer();
        out.put("backbone", config.backbone().argument());
        out.put("dilation", config.dilation());
        out.put("position_embedding", config.positions().argument());
        out.put("hidden_dim", t.width());
        out.put("nheads", t.heads());
        out.put("enc_layers", t.encoderLayers());
        out.put("dec_layers", t.decoderLayers());
        out.put("dim_feedforward", t.feedForward());
        out.put("dropout", (double) t.dropout());
        out.put("num_queries", config.queries());
        out.put("contrastive_align_loss", config.contrastiveAlign());
        out.put("contrastive_loss", config.contrastive());
        out.put("contrastive_loss_hdim", config.contrastiveWidth());
        out.put("predict_final", config.isFinal());
        out.put("text_encoder", text(config.textEncoder()));
        return out;
    }

    private static Map<String, Object> text(RobertaConfig text) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("vocab_size", text.vocabularySize());
        out.put("hidden_size", text.hiddenSize());
        out.put("num_hidden_layers", text.layers());
        out.put("num_attention_heads", text.heads());
        out.put("intermediate_size", text.intermediateSize());
        out.put("max_position_embeddings", text.maxPositions());
        out.put("layer_norm_eps", (double) text.layerNormEps());
        out.put("hidden_dropout_prob", (double) text.dropout());
        return out;
    }
}
