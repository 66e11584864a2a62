package io.github.mdetr.nn.loss;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Matcher;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * what is final (of a batch those count), image-text contrast its pooled features. Losses are added, replaced and left out
 * by name; a criterion itself never changes. Here the centres of the boxes count more, and GIoU does not:
 *
 * <pre>{@code
 * Criterion mine = Criterion.published()
 *         .without("loss_giou")
 *         .with("loss_centre", 3, m -> {
 *             Tensor off = Elementwise.sub(m.matchedBoxes(), m.targetBoxes()); // [P, 4] as cxcywh
 *             return m.perObject(Reductions.sum(Elementwise.abs(Shapes.slice(off, -1, 0, 2))));
 *         });
 * }</pre>
 */
public final class Criterion {
    private final Matcher matcher;
    private final boolean auxiliary;
    private final List<Entry> entries;

    private record Entry(String name, float weight, boolean everyLayer, LayerLoss loss) {}

    private Criterion(Matcher matcher, boolean auxiliary, List<Entry> entries) {
        this.matcher = matcher;
        this.auxiliary = auxiliary;
        this.entries = List.copyOf(entries);
    }

    /** MDETR's losses with these weights, and this matcher. */
    public Criterion(LossWeights weights, Matcher matcher) {
        this(matcher, weights.auxiliary(), published(weights));
    }

    /** The published weights and matcher. */
    public static Criterion published() {
        return new Criterion(LossWeights.published(), HungarianMatcher.published());
    }

    private static List<Entry> published(LossWeights w) {
        return List.of(
                new Entry("loss_ce", w.classification(), true, m -> SoftTokenLoss.of(m, w.noObject())),
                new Entry("cardinality_error", 0, true, Criterion::cardinalityError),
                new Entry("loss_bbox", w.box(), true, BoxLoss::l1),
                new Entry("loss_giou", w.giou(), true, BoxLoss::giou),
                new Entry("loss_isfinal", w.isFinal(), true, IsFinalLoss::of),
                new Entry("accuracy_isfinal", 0, true, IsFinalLoss::accuracy),
                new Entry(
                        "loss_contrastive_align",
                        w.alignment(),
                        true,
                        m -> ContrastiveAlignmentLoss.of(m, w.temperature())),
                new Entry(
                        "contrastive_loss",
                        w.imageText(),
                        false,
                        m -> ImageTextContrastiveLoss.of(m.output(), w.temperature())));
    }

    private static Tensor cardinalityError(MatchedLayer m) {
        return Tensor.scalar(CardinalityError.of(m.layer().logits(), m.targets()));
    }

    // ---- other losses ----

    /**
     * With a loss of every decoder layer that is matched, in the place of that of the same name or after the others. Of a
     * layer before the last its name ends in {@code _0}, {@code _1} …
     *
     * @param weight its share in the total; 0 for what is only told
     * @throws IllegalArgumentException when the weight is negative or no number
     */
    public Criterion with(String name, float weight, LayerLoss loss) {
        return with(new Entry(name, weight, true, loss));
    }

    /** {@link #with} a loss of the last decoder layer alone, or of what the model says of the image as a whole. */
    public Criterion withLast(String name, float weight, LayerLoss loss) {
        return with(new Entry(name, weight, false, loss));
    }

    private Criterion with(Entry entry) {
        if (entry.name.isBlank()) {
            throw new IllegalArgumentException("criterion: expected a loss's name, got a blank one");
        }
        LossWeights.check(entry.name, entry.weight);
        List<Entry> changed = new ArrayList<>(entries);
        int at = names().indexOf(entry.name);
        if (at < 0) {
            changed.add(entry);
        } else {
            changed.set(at, entry);
        }
        return new Criterion(matcher, auxiliary, changed);
    }

    /**
     * Without the loss of that name, which is then not computed either.
     *
     * @throws IllegalArgumentException when there is none, naming those that are
     */
    public Criterion without(String name) {
        int at = names().indexOf(name);
        if (at < 0) {
            throw new IllegalArgumentException("criterion: no loss \"" + name + "\" among " + names());
        }
        List<Entry> changed = new ArrayList<>(entries);
        changed.remove(at);
        return new Criterion(matcher, auxiliary, changed);
    }

    /** The names of its losses, without those of the layers before the last. */
    public List<String> names() {
        return entries.stream().map(Entry::name).toList();
    }

    // ---- computing ----

    /**
     * The losses of a batch.
     *
     * @param out for B pairs of image and caption, with every layer's outputs where auxiliary losses are wanted
     * @param targets of each pair
     * @throws IllegalArgumentException when targets do not fit the output or a prediction is no number, naming where
     */
    public Losses of(MdetrOutput out, List<Target> targets) {
        if (targets.size() != out.logits().dim(0)) {
            throw new IllegalArgumentException("criterion: " + out.logits().dim(0) + " pairs of image and caption,"
                    + " but " + targets.size() + " targets");
        }
        Device device = out.logits().device();
        return Context.with(
                device,
                () -> device.run(() -> {
                    try (Scope scope = Scope.open()) {
                        Losses losses = new Batch(out, targets).losses();
                        scope.keep(losses.total());
                        losses.tensors().forEach(scope::keep);
                        return losses;
                    }
                }));
    }

    /** The work on one batch: adds terms up as it goes. */
    private final class Batch {
        private final MdetrOutput out;
        private final List<Target> targets;
        private final List<LossTerm> terms = new ArrayList<>();
        private final List<Tensor> tensors = new ArrayList<>();
        private @Nullable Tensor total;

        Batch(MdetrOutput out, List<Target> targets) {
            this.out = out;
            this.targets = targets;
        }

        Losses losses() {
            List<Match> matches = layer(out.last(), "");
            List<List<Match>> before = new ArrayList<>();
            if (auxiliary) {
                for (int i = 0; i < out.auxiliary().size(); i++) {
                    before.add(layer(out.auxiliary().get(i), "_" + i));
                }
            }
            Tensor sum = Objects.requireNonNullElseGet(total, () -> Tensor.scalar(0));
            return new Losses(sum, terms, tensors, matches, before);
        }

        private List<Match> layer(LayerOutput layer, String suffix) {
            List<Match> matches = match(layer, suffix);
            MatchedLayer matched = MatchedLayer.of(out, layer, targets, matches);
            for (Entry entry : entries) {
                Tensor value = entry.everyLayer || suffix.isEmpty() ? entry.loss.of(matched) : null;
                if (value != null) {
                    add(entry.name + suffix, entry.weight, value);
                }
            }
            return matches;
        }

        private List<Match> match(LayerOutput layer, String suffix) {
            try {
                return matcher.match(layer.logits(), layer.boxes(), targets);
            } catch (IllegalArgumentException e) {
                String which = suffix.isEmpty() ? "last decoder layer" : "decoder layer " + suffix.substring(1);
                throw new IllegalArgumentException("criterion: " + which + ": " + e.getMessage(), e);
            }
        }

        private void add(String name, float weight, Tensor value) {
            if (value.size() != 1) {
                throw new IllegalArgumentException(
                        "criterion: " + name + ": expected one number, got " + value + "; sum it or take the mean");
            }
            terms.add(new LossTerm(name, value.item(), weight));
            tensors.add(value);
            if (weight != 0) {
                Tensor weighed = Elementwise.scale(value, weight);
                total = total == null ? weighed : Elementwise.add(total, weighed);
            }
        }
    }
}
