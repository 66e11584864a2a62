package io.github.mdetr.nn.matching;

import io.github.mdetr.core.tensor.Tensor;
import java.util.List;

/** Decides which predictions stand for which objects. Nothing is differentiated through it. */
@FunctionalInterface
public interface Matcher {
    /**
     * Matches a batch.
     *
     * @param logits [B, Q, C]
     * @param boxes [B, Q, 4] as cxcywh
     * @param targets the objects of each of B images
     * @return a match for each image
     */
    List<Match> match(Tensor logits, Tensor boxes, List<Target> targets);
}
