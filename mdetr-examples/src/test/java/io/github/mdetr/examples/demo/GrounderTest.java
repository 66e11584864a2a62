package io.github.mdetr.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.RenderedScene;
import io.github.mdetr.examples.synthetic.Score;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.nn.pipeline.Detection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Boxes held against the truth. */
class GrounderTest {
    @ParameterizedTest
    @EnumSource(
            value = CaptionKind.class,
            names = {"PACKED", "ATTRIBUTES", "RELATION", "CHAIN", "BOTH", "SAME"})
    void thePerfectReaderIsRightAndOneWhoMixesUpIsWrong(CaptionKind kind) {
        RenderedScene scene = Oracle.scene(kind);
        Caption caption = Oracle.caption(scene, kind);
        int objects = scene.scene().objects().size();
        int asked = kind == CaptionKind.PACKED ? objects : 1;
        GroundedCaption right = Grounder.judge(scene, caption, Oracle.detections(scene, caption, i -> i));
        assertEquals(new Score(asked, asked), right.score(), caption.text());
        List<Detection> mixed = Oracle.detections(scene, caption, i -> (i + 1) % objects);
        Score wrong = Grounder.judge(scene, caption, mixed).score();
        assertTrue(wrong.right() < asked, caption.text());
    }

    /** Two boxes on one of two purple things are one right box. */
    @Test
    void anObjectCountsOnce() {
        RenderedScene scene = Stream.iterate(0L, i -> i + 1)
                .map(Oracle.WORLD::scene)
                .filter(s -> Oracle.caption(s, CaptionKind.PACKED).mentions().stream()
                        .anyMatch(m -> m.objects().size() == 2))
                .findFirst()
                .orElseThrow();
        Caption caption = Oracle.caption(scene, CaptionKind.PACKED);
        List<Integer> pair = caption.mentions().stream()
                .filter(m -> m.objects().size() == 2)
                .findFirst()
                .orElseThrow()
                .objects();
        GroundedCaption got = Grounder.judge(
                scene, caption, Oracle.detections(scene, caption, i -> i == pair.get(1) ? pair.get(0) : i));
        int objects = scene.scene().objects().size();
        assertEquals(new Score(objects - 1, objects), got.score());
    }

    @Test
    void anAnswerOfALowScoreIsShownToo() {
        RenderedScene scene = Oracle.scene(CaptionKind.RELATION);
        Caption caption = Oracle.caption(scene, CaptionKind.RELATION);
        List<Detection> faint = Oracle.detections(scene, caption, i -> i).stream()
                .map(d -> new Detection(d.query(), 0.2f, 0.8f, d.isFinal(), d.box(), d.phrases(), d.spans()))
                .toList();
        GroundedCaption got = Grounder.judge(scene, caption, faint);
        assertEquals(List.of(), got.confident());
        assertEquals(1, got.shown().size());
    }
}
