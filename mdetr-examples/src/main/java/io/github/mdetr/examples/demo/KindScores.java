package io.github.mdetr.examples.demo;

import io.github.mdetr.examples.synthetic.Score;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Scores of several scenes. */
public final class KindScores {
    private KindScores() {}

    /** The answers of all captions of a kind together, in the kinds' order. */
    public static Map<CaptionKind, Score> of(List<GroundedScene> scenes) {
        Map<CaptionKind, Score> scores = new EnumMap<>(CaptionKind.class);
        for (GroundedScene scene : scenes) {
            for (GroundedCaption c : scene.captions()) {
                scores.merge(
                        c.caption().kind(), c.score(), (a, b) -> new Score(a.right() + b.right(), a.all() + b.all()));
            }
        }
        return scores;
    }
}
