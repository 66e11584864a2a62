package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the configuration of a checkpoint: from its shapes what they tell, from what is stated beside them what they
 * cannot. What both tell must agree.
 *
 * <p>Stated values go by the names of the published training arguments: {@code backbone}, {@code dilation},
 * {@code position_embedding}, {@code hidden_dim}, {@code nheads}, {@code enc_layers}, {@code dec_layers},
 * {@code dim_feedforward}, {@code num_queries}, {@code dropout}, {@code contrastive_loss},
 * {@code contrastive_align_loss}, {@code contrastive_loss_hdim}, {@code predict_final}, and {@code text_encoder_type}
 * or a map {@code text_encoder} of RoBERTa's own configuration (or its entries as {@code text_encoder.NAME}).
 * {@code eval_resize}, the size of images, is read by {@link io.github.mdetr.nn.pipeline.EvaluationResize}. Other names in a
 * file are passed over: training has many arguments that say nothing of the model.
 */
public final class ConfigReader {
    private static final String TEXT_ENCODER = "text_encoder.";
    private static final List<String> NAMES = List.of(
            "backbone",
            "dilation",
            "position_embedding",
            "hidden_dim",
            "nheads",
            "enc_layers",
            "dec_layers",
            "dim_feedforward",
            "num_queries",
            "dropout",
            "contrastive_loss",
            "contrastive_align_loss",
            "contrastive_loss_hdim",
            "predict_final",
            "pass_pos_and_query",
            "pre_norm",
            "eval_resize",
            "text_encoder_type",
            "text_encoder");
    private static final List<String> TEXT_NAMES = List.of(
            "vocab_size",
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "intermediate_size",
            "max_position_embeddings",
            "layer_norm_eps",
            "hidden_dropout_prob",
            "hidden_act");

    private final Map<String, ?> stated;
    private final CheckpointShape shape;
    private final List<String> problems = new ArrayList<>();

    private ConfigReader(Map<String, ?> stated, Map<String, Shape> shapes) {
        this.stated = stated;
        this.shape = new CheckpointShape(shapes);
    }

    /**
     * Reads a configuration.
     *
     * @param source what errors call the checkpoint, such as its path
     * @param stated values by argument name: a checkpoint's {@code args} or metadata, with the user's options over them
     * @param shapes every weight's shape by name
     * @throws IllegalArgumentException when the weights are of another architecture, when stated values and shapes
     *     contradict each other (it says where), or when neither tells (it names the option to give)
     */
    public static MdetrConfig read(String source, Map<String, ?> stated, Map<String, Shape> shapes) {
        try {
            return new ConfigReader(stated, shapes).read();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a name that means nothing here: what a user states is meant to count.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static void checkNames(Collection<String> names) {
        for (String name : names) {
            boolean known = name.startsWith(TEXT_ENCODER)
                    ? TEXT_NAMES.contains(name.substring(TEXT_ENCODER.length()))
                    : NAMES.contains(name);
            if (!known) {
                throw new IllegalArgumentException("option " + name + " is unknown: expected one of "
                        + String.join(", ", NAMES) + ", or " + TEXT_ENCODER + "NAME with "
                        + String.join(", ", TEXT_NAMES));
            }
        }
    }

    /** Why these weights belong to a model that this library does not build yet, or null. */
    public static @Nullable String unsupported(Map<String, Shape> shapes) {
        return new CheckpointShape(shapes).unsupported();
    }

    private MdetrConfig read() {
        String reason = shape.unsupported();
        if (reason != null) {
            throw new IllegalArgumentException(reason);
        }
        List<String> absent = shape.absentLandmarks();
        if (!absent.isEmpty()) {
            throw new IllegalArgumentException("does not hold an MDETR: it has no " + String.join(", no ", absent)
                    + ", but " + shape.summary() + "; is it a checkpoint of another model, or are its names prefixed?");
        }
        require("pass_pos_and_query", true);
        require("pre_norm", false);
        BackboneType backbone = backbone();
        MdetrConfig.Builder builder = MdetrConfig.builder()
                .backbone(backbone)
                .dilation(dilation(backbone))
                .positions(positions())
                .transformer(transformer())
                .queries(agree("num_queries", shape.queries()))
                .textEncoder(textEncoder())
                .contrastiveAlign(agree("contrastive_align_loss", shape.contrastiveAlign()))
                .contrastive(agree("contrastive_loss", shape.contrastive()))
                .isFinal(agree("predict_final", shape.isFinal()));
        Integer contrastiveWidth = shape.contrastiveWidth();
        if (contrastiveWidth != null) {
            builder.contrastiveWidth(agree("contrastive_loss_hdim", contrastiveWidth));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return builder.build();
    }

    private BackboneType backbone() {
        BackboneType found = shape.backbone().orElse(null);
        String name = text(stated, "backbone");
        if (found == null) {
            problems.add("the backbone has " + shape.blocks() + " blocks after a stem of " + shape.stem()
                    + " channels, as none of " + BackboneType.names());
            return BackboneType.RESNET101;
        }
        if (name != null && !found.isCalled(name)) {
            contradiction("backbone", name, found.argument());
        }
        return found;
    }

    private boolean dilation(BackboneType backbone) {
        Boolean value = flag("dilation");
        if (value == null && backbone.canDilate()) {
            unknown("dilation", "true for a DC5 model, false in the published ones");
        }
        return value != null && value;
    }

    private PositionType positions() {
        String name = text(stated, "position_embedding");
        PositionType found = shape.positions();
        if (name != null && PositionType.of(name) != found) {
            contradiction("position_embedding", name, found.argument());
        }
        return found;
    }

    private TransformerConfig transformer() {
        int width = agree("hidden_dim", shape.width());
        Number dropout = number(stated, "dropout");
        return new TransformerConfig(
                width,
                heads("nheads", number(stated, "nheads"), width, "8 in the published models"),
                agree("enc_layers", shape.encoderLayers()),
                agree("dec_layers", shape.decoderLayers()),
                agree("dim_feedforward", shape.feedForward()),
                dropout == null ? 0.1f : dropout.floatValue());
    }

    private RobertaConfig textEncoder() {
        String type = text(stated, "text_encoder_type");
        Map<String, Object> own = new HashMap<>();
        if (stated.get("text_encoder") instanceof Map<?, ?> map) {
            map.forEach((k, v) -> own.put(String.valueOf(k), v));
        }
        stated.forEach((k, v) -> {
            if (k.startsWith(TEXT_ENCODER)) {
                own.put(k.substring(TEXT_ENCODER.length()), v);
            }
        });
        RobertaConfig preset = type == null ? null : RobertaConfig.of(baseName(type));
        if (preset != null) {
            own.putIfAbsent("hidden_size", preset.hiddenSize());
            own.putIfAbsent("num_hidden_layers", preset.layers());
            own.putIfAbsent("num_attention_heads", preset.heads());
            own.putIfAbsent("intermediate_size", preset.intermediateSize());
        }
        if (own.get("hidden_act") instanceof String act && !act.equals("gelu")) {
            problems.add("text_encoder.hidden_act: expected gelu, got " + act);
        }
        Number eps = number(own, "layer_norm_eps");
        Number dropout = number(own, "hidden_dropout_prob");
        int width = agreeText(own, "hidden_size", shape.textWidth());
        return new RobertaConfig(
                agreeText(own, "vocab_size", shape.vocabularySize()),
                width,
                agreeText(own, "num_hidden_layers", shape.textLayers()),
                heads(
                        "text_encoder_type",
                        number(own, "num_attention_heads"),
                        width,
                        "roberta-base, roberta-large or distilroberta-base, which tell the number of attention heads; for"
                                + " another encoder give text_encoder.num_attention_heads"),
                agreeText(own, "intermediate_size", shape.textIntermediate()),
                agreeText(own, "max_position_embeddings", shape.textPositions()),
                eps == null ? 1e-5f : eps.floatValue(),
                dropout == null ? 0.1f : dropout.floatValue());
    }

    /** The last part of a model's name or path. */
    private static String baseName(String type) {
        return type.substring(type.lastIndexOf('/') + 1);
    }

    /** The number of heads, which shapes cannot tell; 1 stands in where it is reported as a problem. */
    private int heads(String option, @Nullable Number value, int width, String hint) {
        if (value == null) {
            unknown(option, hint);
            return 1;
        }
        int heads = value.intValue();
        if (heads < 1 || heads != value.doubleValue() || width % heads != 0) {
            problems.add(option + ": " + value + " attention heads do not divide the width " + width);
            return 1;
        }
        return heads;
    }

    private int agree(String name, int found) {
        return agree(name, number(stated, name), found);
    }

    private int agreeText(Map<String, ?> own, String name, int found) {
        return agree("text_encoder." + name, number(own, name), found);
    }

    private int agree(String name, @Nullable Number value, int found) {
        if (value != null && value.doubleValue() != found) {
            contradiction(name, value, found);
        }
        return found;
    }

    private boolean agree(String name, boolean found) {
        Boolean value = flag(name);
        if (value != null && value != found) {
            contradiction(name, value, found);
        }
        return found;
    }

    /** Only one value of this argument has ever been published; another would compute something else. */
    private void require(String name, boolean expected) {
        Boolean value = flag(name);
        if (value != null && value != expected) {
            problems.add(name + ": only models with " + expected + " are supported, this one states " + value);
        }
    }

    private void contradiction(String name, Object statedValue, Object found) {
        problems.add(name + ": stated as " + statedValue + ", but the weights have " + found);
    }

    private void unknown(String option, String hint) {
        problems.add(option + ": shapes cannot tell it and nothing states it; give the option " + option + " (" + hint
                + ")");
    }

    private @Nullable Boolean flag(String name) {
        Object v = stated.get(name);
        if (v == null || v instanceof Boolean) {
            return (Boolean) v;
        }
        problems.add(name + ": expected true or false, got " + v);
        return null;
    }

    private @Nullable Number number(Map<String, ?> values, String name) {
        Object v = values.get(name);
        if (v == null || v instanceof Number) {
            return (Number) v;
        }
        problems.add(name + ": expected a number, got " + v);
        return null;
    }

    private @Nullable String text(Map<String, ?> values, String name) {
        Object v = values.get(name);
        if (v == null || v instanceof String) {
            return (String) v;
        }
        problems.add(name + ": expected a name, got " + v);
        return null;
    }
}
