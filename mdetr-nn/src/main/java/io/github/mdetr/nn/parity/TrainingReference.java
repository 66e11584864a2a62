package io.github.mdetr.nn.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a case says of training: losses, assignments, gradients of the weighted total, and one step of the optimizer. */
final class TrainingReference {
    private final JsonNode json;

    TrainingReference(JsonNode json) {
        this.json = json;
    }

    /**
     * A number and how far float32 PyTorch is from float64 in it.
     *
     * @param value in float32
     * @param noise absolute
     */
    record Figure(double value, double noise) {}

    /**
     * Figures of a tensor.
     *
     * @param l2 its length
     * @param l2Noise how far float32 is from float64 in it
     * @param dot its product with the probe
     * @param dotNoise likewise
     * @param head its first values
     */
    @SuppressWarnings("ArrayRecordComponent")
    record TensorFigures(double l2, double l2Noise, double dot, double dotNoise, double[] head) {}

    /**
     * The optimizer's settings.
     *
     * @param maxNorm that gradients are clipped to
     * @param rate of the parameters that are neither of the two
     * @param backboneRate of the backbone's
     * @param textRate of the text encoder's
     * @param weightDecay of all
     */
    record Step(double maxNorm, double rate, double backboneRate, double textRate, double weightDecay) {}

    /** Every term, unweighted, by its published name. */
    Map<String, Figure> losses() {
        Map<String, Figure> out = new LinkedHashMap<>();
        JsonNode noise = CaseJson.at(json, "loss_noise");
        for (Map.Entry<String, JsonNode> e : CaseJson.at(json, "losses").properties()) {
            out.put(
                    e.getKey(),
                    new Figure(e.getValue().asDouble(), noise.path(e.getKey()).asDouble(0)));
        }
        return out;
    }

    /** The weighted sum. */
    double total() {
        return CaseJson.at(json, "total_loss").asDouble();
    }

    /** Of each image the objects by the queries that they are assigned to. */
    List<Map<Integer, Integer>> assignments() {
        return CaseJson.list(json, "matcher_indices").stream()
                .map(pair -> {
                    int[][] rows = CaseJson.rows(pair, "matcher_indices", -1);
                    Map<Integer, Integer> queries = new LinkedHashMap<>();
                    IntStream.range(0, rows[0].length).forEach(i -> queries.put(rows[0][i], rows[1][i]));
                    return queries;
                })
                .toList();
    }

    /** Of every trained parameter. */
    Map<String, TensorFigures> gradients() {
        return figures(CaseJson.at(json, "gradients"));
    }

    /** Of every trained parameter after the step. */
    Map<String, TensorFigures> stepped() {
        return figures(CaseJson.at(CaseJson.at(json, "adamw_step"), "params"));
    }

    Step step() {
        JsonNode s = CaseJson.at(json, "adamw_step");
        return new Step(
                CaseJson.at(s, "clip_max_norm").asDouble(),
                CaseJson.at(s, "lr").asDouble(),
                CaseJson.at(s, "lr_backbone").asDouble(),
                CaseJson.at(s, "text_encoder_lr").asDouble(),
                CaseJson.at(s, "weight_decay").asDouble());
    }

    private static Map<String, TensorFigures> figures(JsonNode node) {
        Map<String, TensorFigures> out = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> e : node.properties()) {
            JsonNode f = e.getValue();
            JsonNode noise = f.path("noise");
            List<JsonNode> head = CaseJson.list(f, "head");
            out.put(
                    e.getKey(),
                    new TensorFigures(
                            CaseJson.at(f, "l2").asDouble(),
                            noise.path(0).asDouble(0),
                            CaseJson.at(f, "dot").asDouble(),
                            noise.path(1).asDouble(0),
                            head.stream().mapToDouble(JsonNode::asDouble).toArray()));
        }
        return out;
    }
}
