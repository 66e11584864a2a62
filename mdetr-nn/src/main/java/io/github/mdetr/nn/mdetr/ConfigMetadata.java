package io.github.mdetr.nn.mdetr;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The configuration as this library's own safetensors files carry it: JSON under the metadata key {@value #KEY}, by the
 * argument names that {@link ConfigReader} reads.
 */
public final class ConfigMetadata {
    /** The metadata key. */
    public static final String KEY = "mdetr.config";

    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigMetadata() {}

    /** The JSON of a configuration. */
    public static String write(MdetrConfig config) {
        try {
            return JSON.writeValueAsString(arguments(config));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("configuration " + config + " does not become JSON", e);
        }
    }

    /**
     * The arguments in that JSON.
     *
     * @throws IllegalArgumentException when it is not a JSON object
     */
    public static Map<String, Object> read(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "metadata " + KEY + ": expected a JSON object, got " + e.getOriginalMessage(), e);
        }
    }

    /** A configuration by argument names. */
    public static Map<String, Object> arguments(MdetrConfig config) {
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
        out.put("dropout", t.dropout());
        out.put("num_queries", config.queries());
        out.put("contrastive_align_loss", config.contrastiveAlign());
        out.put("contrastive_loss", config.contrastive());
        out.put("contrastive_loss_hdim", config.contrastiveWidth());
        out.put("predict_final", config.isFinal());
        out.put("text_encoder", textArguments(config.textEncoder()));
        return out;
    }

    private static Map<String, Object> textArguments(RobertaConfig text) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("vocab_size", text.vocabularySize());
        out.put("hidden_size", text.hiddenSize());
        out.put("num_hidden_layers", text.layers());
        out.put("num_attention_heads", text.heads());
        out.put("intermediate_size", text.intermediateSize());
        out.put("max_position_embeddings", text.maxPositions());
        out.put("layer_norm_eps", text.layerNormEps());
        out.put("hidden_dropout_prob", text.dropout());
        return out;
    }
}
