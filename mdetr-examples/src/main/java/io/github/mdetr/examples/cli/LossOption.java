package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossWeights;
import io.github.mdetr.nn.matching.HungarianMatcher;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@code --loss NAME=W} comes to: the published losses, some weighed otherwise. */
final class LossOption {
    private LossOption() {}

    /**
     * The losses with their weights.
     *
     * @throws IllegalArgumentException for what is no weight of a loss
     */
    static Criterion criterion(List<String> losses) {
        LossWeights weights = LossWeights.published();
        Set<String> named = new HashSet<>();
        for (String text : losses) {
            int at = text.indexOf('=');
            String name = text.substring(0, Math.max(0, at));
            float w;
            try {
                w = at < 0 ? Float.NaN : Float.parseFloat(text.substring(at + 1));
            } catch (NumberFormatException e) {
                w = Float.NaN;
            }
            if (!(w >= 0 && Float.isFinite(w))) {
                throw new IllegalArgumentException(
                        "--loss " + text + ": expected NAME=W with a number of 0 or more, such as loss_ce=4");
            }
            if (!named.add(name)) {
                throw new IllegalArgumentException("--loss " + text + ": this loss has a weight already; give one");
            }
            weights = switch (name) {
                case "loss_ce" -> weights.withClassification(w);
                case "loss_bbox" -> weights.withBox(w);
                case "loss_giou" -> weights.withGiou(w);
                case "loss_contrastive_align" -> weights.withAlignment(w);
                case "loss_isfinal" -> weights.withIsFinal(w);
                case "contrastive_loss" -> weights.withImageText(w);
                default ->
                    throw new IllegalArgumentException(
                            "--loss " + text + ": there is no such loss; expected"
                                    + " loss_ce, loss_bbox, loss_giou, loss_contrastive_align, loss_isfinal or contrastive_loss");
            };
        }
        return new Criterion(weights, HungarianMatcher.published());
    }
}
