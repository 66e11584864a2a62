package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.text.TokenPositions;
import io.github.mdetr.tokenizer.Encoding;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A model's outputs as flat arrays: probabilities [B, Q, 256], boxes cxcywh [B, Q, 4], isfinal [B, Q]. */
final class Predictions {
    private final int queries;
    private final float[] probabilities;
    private final float[] boxes;
    private final float @Nullable [] isFinal;

    private Predictions(int queries, float[] probabilities, float[] boxes, float @Nullable [] isFinal) {
        this.queries = queries;
        this.probabilities = probabilities;
        this.boxes = boxes;
        this.isFinal = isFinal;
    }

    /**
     * Reads the last layer's outputs.
     *
     * @throws IllegalStateException when one is no finite number
     */
    static Predictions of(MdetrOutput output) {
        try (Scope scope = Scope.open()) {
            Tensor p = Reductions.softmax(output.logits(), -1);
            Tensor last = output.last().isFinal();
            return new Predictions(
                    output.boxes().dim(1),
                    finite("token probabilities", p.toFloats()),
                    finite("boxes", output.boxes().toFloats()),
                    last == null
                            ? null
                            : finite("isfinal", Elementwise.sigmoid(last).toFloats()));
        }
    }

    /** Refuses numbers that are none: comparing them would look like an image in which nothing was found. */
    private static float[] finite(String what, float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw new IllegalStateException(
                        "the model's " + what + " hold " + v + ": its weights are damaged or its"
                                + " training diverged; compare the checkpoint with its source");
            }
        }
        return values;
    }

    /** Whether a box of request {@code index} is rather something than nothing. */
    boolean anyObject(int index) {
        return IntStream.range(index * queries, (index + 1) * queries)
                .anyMatch(row -> probabilities[row * TokenPositions.CLASSES + TokenPositions.NO_OBJECT] < 0.5f);
    }

    /** The detections of request {@code index}, best first. */
    List<Detection> detections(DetectRequest request, Encoding text, int index, DetectOptions options) {
        PhraseReader reader = new PhraseReader(request.caption(), text, options.phraseThreshold());
        return IntStream.range(0, queries)
                .mapToObj(q -> detection(request, reader, index, q))
                .filter(d -> d.score() >= options.threshold())
                .sorted(Comparator.comparingDouble(Detection::score).reversed().thenComparingInt(Detection::query))
                .limit(options.topK())
                .toList();
    }

    private Detection detection(DetectRequest request, PhraseReader reader, int index, int query) {
        int classes = TokenPositions.CLASSES;
        int row = index * queries + query;
        float[] p = Arrays.copyOfRange(probabilities, row * classes, (row + 1) * classes);
        float[] b = Arrays.copyOfRange(boxes, row * 4, row * 4 + 4);
        float none = p[TokenPositions.NO_OBJECT];
        int width = request.image().width();
        int height = request.image().height();
        return new Detection(
                query,
                1 - none,
                none,
                isFinal == null ? null : isFinal[row],
                PixelBox.of(b[0], b[1], b[2], b[3], width, height),
                reader.read(p),
                request.spans().stream()
                        .map(s -> new SpanScore(s, reader.score(p, s)))
                        .toList());
    }
}
