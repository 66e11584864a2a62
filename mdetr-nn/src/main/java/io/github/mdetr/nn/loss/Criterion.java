package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Indexing;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The training loss of a detection model (MDETR §2.2.1, DETR §3.1): every decoder layer's predictions are matched with the
 * objects, and the losses of the pairs added up, each over N = max(1, objects of the batch).
 *
 * <pre>{@code
 * Criterion criterion = new Criterion(LossWeights.published(), HungarianMatcher.published());
 * try (var scope = Scope.open(); var tape = Tape.record()) {
 *     MdetrOutput out = model.forward(input, ForwardOptions.training(dropout));
 *     Losses losses = criterion.of(out, targets);
 *     try (Gradients gradients = tape.backward(losses.total())) { … }
 * }
 * }</pre>
 *
 * <p>A loss is there when the model has what it needs: alignment its projections, isfinal its head and targets that say
 * what is final (of a batch those count), image-text contrast its pooled features.
 */
public final class Criterion {
    private final LossWeights weights;
    private final HungarianMatcher matcher;

    /** With these weights and this matcher. */
    public Criterion(LossWeights weights, HungarianMatcher matcher) {
        this.weights = weights;
        this.matcher = matcher;
    }

    /** The published weights and matcher. */
    public static Criterion published() {
        return new Criterion(LossWeights.published(), HungarianMatcher.published());
    }

    /**
     * The losses of a batch.
     *
     * @param out for B pairs of image and caption, with every layer's outputs where auxiliary losses are wanted
     * @param targets of each pair
     * @throws IllegalArgumentException when targets do not fit the output or a prediction is no number, naming where
     */
    public Losses of(MdetrOutput out, List<Target> targets) {
        Device device = out.logits().device();
        return Context.with(
                device,
                () -> device.run(() -> {
                    try (Scope scope = Scope.open()) {
                        Losses losses = new Batch(out, targets).losses();
                        scope.keep(losses.total());
                        return losses;
                    }
                }));
    }

    /** The work on one batch: adds terms up as it goes. */
    private final class Batch {
        private final MdetrOutput out;
        private final List<Target> targets;
        private final float objects;
        private final List<LossTerm> terms = new ArrayList<>();
        private @Nullable Tensor total;

        Batch(MdetrOutput out, List<Target> targets) {
            if (targets.size() != out.logits().dim(0)) {
                throw new IllegalArgumentException("criterion: " + out.logits().dim(0) + " pairs of image and caption,"
                        + " but " + targets.size() + " targets");
            }
            this.out = out;
            this.targets = targets;
            this.objects = Math.max(1, targets.stream().mapToInt(Target::count).sum());
        }

        Losses losses() {
            List<Match> matches = layer(out.last(), "");
            imageText();
            List<List<Match>> before = new ArrayList<>();
            if (weights.auxiliary()) {
                for (int i = 0; i < out.auxiliary().size(); i++) {
                    before.add(layer(out.auxiliary().get(i), "_" + i));
                }
            }
            return new Losses(java.util.Objects.requireNonNull(total), terms, matches, before);
        }

        private List<Match> layer(LayerOutput layer, String suffix) {
            List<Match> matches = matcher.match(layer.logits(), layer.boxes(), targets);
            Pairs pairs = Pairs.of(matches, targets, layer.logits().dim(1));
            classification(layer.logits(), pairs, suffix);
            boxes(layer.boxes(), pairs, suffix);
            isFinal(layer.isFinal(), pairs, suffix);
            alignment(layer.queryEmbeddings(), matches, suffix);
            return matches;
        }

        private void classification(Tensor logits, Pairs pairs, String suffix) {
            int b = logits.dim(0);
            int q = logits.dim(1);
            int c = logits.dim(2);
            float[] wanted = new float[b * q * c];
            float[] weight = new float[b * q];
            java.util.Arrays.fill(weight, weights.noObject());
            for (int row = 0; row < b * q; row++) {
                wanted[row * c + c - 1] = 1;
            }
            for (int i = 0; i < pairs.count(); i++) {
                int row = pairs.row(i);
                System.arraycopy(pairs.target(i).positiveMap()[pairs.object(i)], 0, wanted, row * c, c);
                weight[row] = 1;
            }
            add(
                    "loss_ce" + suffix,
                    weights.classification(),
                    SoftTokenLoss.of(logits, Tensor.of(wanted, b, q, c), Tensor.of(weight, b, q)));
            told("cardinality_error" + suffix, cardinalityError(logits.toFloats(), q, c));
        }

        /** By how much the number of queries that are most likely an object is wrong, on average. */
        private float cardinalityError(float[] logits, int q, int c) {
            float error = 0;
            for (int b = 0; b < targets.size(); b++) {
                int found = 0;
                for (int row = b * q; row < (b + 1) * q; row++) {
                    found += isObject(logits, row * c, c) ? 1 : 0;
                }
                error += Math.abs(found - targets.get(b).count());
            }
            return error / targets.size();
        }

        private boolean isObject(float[] logits, int from, int c) {
            float none = logits[from + c - 1];
            for (int k = from; k < from + c - 1; k++) {
                if (logits[k] >= none) {
                    return true;
                }
            }
            return false;
        }

        private void boxes(Tensor boxes, Pairs pairs, String suffix) {
            Tensor predicted = Indexing.gatherRows(flat(boxes, 4), pairs.rows());
            Tensor wanted = pairs.boxes();
            add("loss_bbox" + suffix, weights.box(), BoxLoss.l1(predicted, wanted));
            add("loss_giou" + suffix, weights.giou(), BoxLoss.giou(predicted, wanted));
        }

        private void isFinal(@Nullable Tensor logits, Pairs all, String suffix) {
            if (logits == null || targets.stream().allMatch(t -> t.isFinal() == null)) {
                return;
            }
            Pairs pairs = all.sayingWhatIsFinal();
            Tensor matched = Shapes.reshape(Indexing.gatherRows(flat(logits, 1), pairs.rows()), pairs.count());
            Tensor wanted = pairs.isFinal();
            add("loss_isfinal" + suffix, weights.isFinal(), IsFinalLoss.of(matched, wanted));
            float[] said = matched.toFloats();
            float[] right = wanted.toFloats();
            float hits = 0;
            for (int i = 0; i < said.length; i++) {
                hits += (said[i] > 0) == (right[i] > 0) ? 1 : 0;
            }
            told("accuracy_isfinal" + suffix, said.length == 0 ? 1 : hits / said.length);
        }

        private void alignment(@Nullable Tensor queries, List<Match> matches, String suffix) {
            Tensor tokens = out.tokenEmbeddings();
            if (queries == null || tokens == null) {
                return;
            }
            boolean[][][] positive = new boolean[targets.size()][queries.dim(1)][tokens.dim(1)];
            for (int b = 0; b < positive.length; b++) {
                Match match = matches.get(b);
                for (int i = 0; i < match.count(); i++) {
                    float[] map = targets.get(b).positiveMap()[match.objects()[i]];
                    boolean[] row = positive[b][match.queries()[i]];
                    for (int t = 0; t < Math.min(row.length, map.length - 1); t++) {
                        row[t] = map[t] > 0;
                    }
                }
            }
            add(
                    "loss_contrastive_align" + suffix,
                    weights.alignment(),
                    ContrastiveAlignmentLoss.of(queries, tokens, positive, weights.temperature()));
        }

        private void imageText() {
            Tensor image = out.pooledImage();
            Tensor text = out.pooledText();
            if (image != null && text != null && weights.imageText() > 0) {
                Tensor loss = ImageTextContrastiveLoss.of(image, text, weights.temperature());
                addWhole("contrastive_loss", weights.imageText(), loss);
            }
        }

        private void add(String name, float weight, Tensor sum) {
            addWhole(name, weight, Elementwise.scale(sum, 1 / objects));
        }

        private void addWhole(String name, float weight, Tensor value) {
            terms.add(new LossTerm(name, value.item(), weight));
            if (weight != 0) {
                Tensor weighed = Elementwise.scale(value, weight);
                total = total == null ? weighed : Elementwise.add(total, weighed);
            }
        }

        private void told(String name, float value) {
            terms.add(new LossTerm(name, value, 0));
        }
    }

    private static Tensor flat(Tensor x, int width) {
        return Shapes.reshape(x, x.dim(0) * x.dim(1), width);
    }

    /** The matched pairs of a batch, one after the other. */
    private static final class Pairs {
        private final List<Target> targets;
        private final int[] image;
        private final int[] row;
        private final int[] object;

        private Pairs(List<Target> targets, int count) {
            this.targets = targets;
            image = new int[count];
            row = new int[count];
            object = new int[count];
        }

        static Pairs of(List<Match> matches, List<Target> targets, int queries) {
            int n = matches.stream().mapToInt(Match::count).sum();
            Pairs pairs = new Pairs(targets, n);
            int at = 0;
            for (int b = 0; b < matches.size(); b++) {
                Match match = matches.get(b);
                for (int i = 0; i < match.count(); i++, at++) {
                    pairs.image[at] = b;
                    pairs.row[at] = b * queries + match.queries()[i];
                    pairs.object[at] = match.objects()[i];
                }
            }
            return pairs;
        }

        /** The pairs of images whose targets say what is final. */
        Pairs sayingWhatIsFinal() {
            int[] chosen = IntStream.range(0, count())
                    .filter(i -> target(i).isFinal() != null)
                    .toArray();
            Pairs some = new Pairs(targets, chosen.length);
            for (int i = 0; i < chosen.length; i++) {
                some.image[i] = image[chosen[i]];
                some.row[i] = row[chosen[i]];
                some.object[i] = object[chosen[i]];
            }
            return some;
        }

        int count() {
            return row.length;
        }

        /** The query of pair i among those of all images. */
        int row(int i) {
            return row[i];
        }

        int object(int i) {
            return object[i];
        }

        Target target(int i) {
            return targets.get(image[i]);
        }

        Tensor rows() {
            return Tensor.of(row, Shape.of(count()));
        }

        Tensor boxes() {
            float[] all = new float[4 * count()];
            for (int i = 0; i < count(); i++) {
                System.arraycopy(target(i).boxes()[object[i]], 0, all, 4 * i, 4);
            }
            return Tensor.of(all, count(), 4);
        }

        Tensor isFinal() {
            float[] all = new float[count()];
            for (int i = 0; i < count(); i++) {
                boolean[] wanted = java.util.Objects.requireNonNull(target(i).isFinal());
                all[i] = wanted[object[i]] ? 1 : 0;
            }
            return Tensor.of(all, count());
        }
    }
}
