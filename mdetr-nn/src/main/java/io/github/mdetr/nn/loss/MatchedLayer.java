package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Indexing;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * One decoder layer's predictions for B images with Q queries each, and the objects that they were matched with: P pairs,
 * one image after the other, within an image by query. What a {@link LayerLoss} is a function of.
 */
public final class MatchedLayer {
    private final MdetrOutput output;
    private final LayerOutput layer;
    private final List<Target> targets;
    private final List<Match> matches;
    private final int[] image;
    private final int[] query;
    private final int[] object;

    private MatchedLayer(
            MdetrOutput output,
            LayerOutput layer,
            List<Target> targets,
            List<Match> matches,
            int[] image,
            int[] query,
            int[] object) {
        this.output = output;
        this.layer = layer;
        this.targets = targets;
        this.matches = matches;
        this.image = image;
        this.query = query;
        this.object = object;
    }

    /**
     * Of one layer of {@code output}, and a match for each image.
     *
     * @throws IllegalArgumentException when there are not B targets and matches, or a match names a query or an object that
     *     is not there, naming the image
     */
    public static MatchedLayer of(MdetrOutput output, LayerOutput layer, List<Target> targets, List<Match> matches) {
        int b = layer.logits().dim(0);
        if (targets.size() != b || matches.size() != b) {
            throw new IllegalArgumentException("losses: the output has " + b + " pairs of image and caption, got "
                    + targets.size() + " targets and " + matches.size() + " matches");
        }
        int n = matches.stream().mapToInt(Match::count).sum();
        int[] image = new int[n];
        int[] query = new int[n];
        int[] object = new int[n];
        int at = 0;
        for (int i = 0; i < b; i++) {
            Match match = matches.get(i);
            for (int k = 0; k < match.count(); k++, at++) {
                image[at] = i;
                query[at] = index("query", match.queries()[k], layer.logits().dim(1), i);
                object[at] = index("object", match.objects()[k], targets.get(i).count(), i);
            }
            checkMap(targets.get(i), layer.logits().dim(2), i);
        }
        return new MatchedLayer(output, layer, List.copyOf(targets), List.copyOf(matches), image, query, object);
    }

    private static int index(String what, int index, int count, int image) {
        if (index >= count) {
            throw new IllegalArgumentException("losses: image " + image + " of the batch: the match has " + what + " "
                    + index + ", expected below " + count);
        }
        return index;
    }

    private static void checkMap(Target target, int classes, int image) {
        if (target.count() > 0 && target.positiveMap()[0].length != classes) {
            throw new IllegalArgumentException("losses: image " + image + " of the batch: expected a positive map of "
                    + classes + " positions, as the logits have, got " + target.positiveMap()[0].length);
        }
    }

    // ---- what was predicted and what was there ----

    /** The model's whole output. */
    public MdetrOutput output() {
        return output;
    }

    /** This layer's predictions. */
    public LayerOutput layer() {
        return layer;
    }

    /** The objects of each image. */
    public List<Target> targets() {
        return targets;
    }

    /** The match of each image, also where this is {@link #only} some pairs. */
    public List<Match> matches() {
        return matches;
    }

    /** N = max(1, objects of the batch), matched or not. */
    public int objects() {
        return Math.max(1, targets.stream().mapToInt(Target::count).sum());
    }

    /** A sum over N. */
    public Tensor perObject(Tensor sum) {
        return Elementwise.scale(sum, 1f / objects());
    }

    // ---- the pairs ----

    /** P, the number of pairs. */
    public int count() {
        return query.length;
    }

    /** The image of pair i. */
    public int image(int i) {
        return image[i];
    }

    /** The query of pair i. */
    public int query(int i) {
        return query[i];
    }

    /** The object of pair i, among those of its image. */
    public int object(int i) {
        return object[i];
    }

    /** The objects of pair i's image. */
    public Target target(int i) {
        return targets.get(image[i]);
    }

    /** The same with those pairs alone; N stays. */
    public MatchedLayer only(IntPredicate pairs) {
        int[] chosen = IntStream.range(0, count()).filter(pairs).toArray();
        return new MatchedLayer(
                output, layer, targets, matches, pick(image, chosen), pick(query, chosen), pick(object, chosen));
    }

    private static int[] pick(int[] values, int[] chosen) {
        return IntStream.of(chosen).map(i -> values[i]).toArray();
    }

    /** What was predicted for the pairs: of [B, Q, ...] to [P, ...], with gradient. */
    public Tensor ofMatched(Tensor perQuery) {
        Shape shape = perQuery.shape();
        int q = layer.logits().dim(1);
        if (shape.rank() < 2 || shape.dim(0) != targets.size() || shape.dim(1) != q) {
            throw new IllegalArgumentException(
                    "losses: expected a value for each query, [" + targets.size() + ", " + q + ", ...], got " + shape);
        }
        int[] rows = new int[count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = image[i] * q + query[i];
        }
        Tensor flat = Shapes.reshape(
                perQuery, shape.without(0).with(0, targets.size() * q).dims());
        return Indexing.gatherRows(flat, Tensor.of(rows, Shape.of(rows.length)));
    }

    /** The predicted boxes of the pairs, [P, 4] as cxcywh. */
    public Tensor matchedBoxes() {
        return ofMatched(layer.boxes());
    }

    /** The objects' boxes of the pairs, [P, 4] as cxcywh. */
    public Tensor targetBoxes() {
        float[] all = new float[4 * count()];
        for (int i = 0; i < count(); i++) {
            System.arraycopy(target(i).boxes()[object[i]], 0, all, 4 * i, 4);
        }
        return Tensor.of(all, count(), 4);
    }
}
