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
        out.put("dropout", decimal(t.dropout()));
        out.put("num_queries", config.queries());
        out.put("contrastive_align_loss", config.contrastiveAlign());
        out.put("contrastive_loss", config.contrastive());
        out.put("contrastive_loss_hdim", config.contrastiveWidth());
        out.put("predict_final", config.isFinal());
        out.put("text_encoder", of(config.textEncoder()));
        return out;
    }

    /** A text encoder's configuration by RoBERTa's published names: the value of {@code text_encoder}. */
    public static Map<String, Object> of(RobertaConfig text) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("vocab_size", text.vocabularySize());
        out.put("hidden_size", text.hiddenSize());
        out.put("num_hidden_layers", text.layers());
        out.put("num_attention_heads", text.heads());
        out.put("intermediate_size", text.intermediateSize());
        out.put("max_position_embeddings", text.maxPositions());
        out.put("layer_norm_eps", decimal(text.layerNormEps()));
        out.put("hidden_dropout_prob", decimal(text.dropout()));
        return out;
    }

    /** The shortest decimal number that is this float, as the arguments of training state it: 0.1, not 0.10000000149…. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
