package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.nn.backbone.BackboneType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the names and shapes of a state dict tell about its model. */
final class CheckpointShape {
    private static final String BODY = "backbone.0.body.";
    private static final String TEXT = "transformer.text_encoder.";
    private static final int MAX_DIGITS = 6;
    private static final int EXAMPLES = 3;
    private static final int LONGEST_EXAMPLE = 80;

    private final Map<String, Shape> shapes;

    CheckpointShape(Map<String, Shape> shapes) {
        this.shapes = shapes;
    }

    /** Why no model of ours can hold these weights; null when one may. */
    @Nullable
    String unsupported() {
        if (anyStartsWith("detr.") || anyStartsWith("mask_head.")) {
            return "segmentation heads are not built yet";
        }
        if (has("qa_embed.weight")) {
            return "QA heads are not built yet";
        }
        return null;
    }

    /** Names that every MDETR has and that are not there. */
    List<String> absentLandmarks() {
        List<String> absent = new ArrayList<>();
        for (String name : List.of(
                "query_embed.weight",
                "class_embed.weight",
                "transformer.encoder.layers.0.linear1.weight",
                "transformer.decoder.layers.0.linear1.weight",
                TEXT + "embeddings.word_embeddings.weight",
                TEXT + "embeddings.position_embeddings.weight",
                TEXT + "encoder.layer.0.intermediate.dense.weight",
                stemName())) {
            Shape shape = shapes.get(name);
            if (shape == null || shape.rank() < 2) {
                absent.add(name);
            }
        }
        return absent;
    }

    /** What there is instead, in a few words. */
    String summary() {
        if (shapes.isEmpty()) {
            return "no tensors at all";
        }
        String examples = shapes.keySet().stream()
                .limit(EXAMPLES)
                .map(n -> n.length() <= LONGEST_EXAMPLE ? n : n.substring(0, LONGEST_EXAMPLE) + "…")
                .collect(Collectors.joining(", "));
        return shapes.size() + " tensors such as " + examples;
    }

    boolean has(String name) {
        return shapes.containsKey(name);
    }

    private boolean anyStartsWith(String prefix) {
        return shapes.keySet().stream().anyMatch(n -> n.startsWith(prefix));
    }

    /** An extent of a weight that is there. */
    int dim(String name, int axis) {
        Shape s = shapes.get(name);
        if (s == null) {
            throw new IllegalStateException(name + " is not among the weights");
        }
        return s.dim(axis);
    }

    /** How many of {@code prefix0.}, {@code prefix1.} … there are, one after the other; in one pass over the names. */
    private int count(String prefix) {
        BitSet found = new BitSet();
        for (String name : shapes.keySet()) {
            int dot = name.startsWith(prefix) ? name.indexOf('.', prefix.length()) : -1;
            int digits = dot - prefix.length();
            if (digits > 0 && digits <= MAX_DIGITS) {
                String number = name.substring(prefix.length(), dot);
                if (number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    found.set(Integer.parseInt(number));
                }
            }
        }
        return found.nextClearBit(0);
    }

    private boolean isEfficientNet() {
        return has(BODY + "conv_stem.weight");
    }

    private String stemName() {
        return BODY + (isEfficientNet() ? "conv_stem.weight" : "conv1.weight");
    }

    /** Channels of the backbone's stem. */
    int stem() {
        return dim(stemName(), 0);
    }

    /** Blocks in each of the backbone's stages. */
    List<Integer> blocks() {
        return isEfficientNet()
                ? IntStream.range(0, 7)
                        .mapToObj(i -> count(BODY + "blocks." + i + "."))
                        .toList()
                : IntStream.range(1, 5)
                        .mapToObj(i -> count(BODY + "layer" + i + "."))
                        .toList();
    }

    Optional<BackboneType> backbone() {
        Map<String, Shape> body = new HashMap<>();
        shapes.forEach((name, shape) -> {
            if (name.startsWith(BODY)) {
                body.put(name.substring(BODY.length()), shape);
            }
        });
        return BackboneType.of(body);
    }

    PositionType positions() {
        return has("backbone.1.row_embed.weight") ? PositionType.LEARNED : PositionType.SINE;
    }

    int queries() {
        return dim("query_embed.weight", 0);
    }

    int width() {
        return dim("query_embed.weight", 1);
    }

    int encoderLayers() {
        return count("transformer.encoder.layers.");
    }

    int decoderLayers() {
        return count("transformer.decoder.layers.");
    }

    int feedForward() {
        return dim("transformer.encoder.layers.0.linear1.weight", 0);
    }

    boolean contrastiveAlign() {
        return has("contrastive_align_projection_image.weight");
    }

    boolean contrastive() {
        return has("contrastive_projection_image.weight");
    }

    /** Features of the contrastive spaces, null when there is none. */
    @Nullable
    Integer contrastiveWidth() {
        for (String side :
                List.of("contrastive_align_projection_image.weight", "contrastive_projection_image.weight")) {
            if (has(side)) {
                return dim(side, 0);
            }
        }
        return null;
    }

    boolean isFinal() {
        return has("isfinal_embed.weight");
    }

    int vocabularySize() {
        return dim(TEXT + "embeddings.word_embeddings.weight", 0);
    }

    int textWidth() {
        return dim(TEXT + "embeddings.word_embeddings.weight", 1);
    }

    int textLayers() {
        return count(TEXT + "encoder.layer.");
    }

    int textIntermediate() {
        return dim(TEXT + "encoder.layer.0.intermediate.dense.weight", 0);
    }

    int textPositions() {
        return dim(TEXT + "embeddings.position_embeddings.weight", 0);
    }
}
