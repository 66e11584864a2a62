package io.github.mdetr.examples.demo;

import io.github.mdetr.examples.synthetic.RenderedScene;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.caption.Role;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import io.github.mdetr.nn.pipeline.Span;
import io.github.mdetr.nn.pipeline.SpanScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/** Detections as a perfect reader gives them. */
final class Oracle {
    static final World WORLD = new World(4, SceneOptions.SMALL);

    private Oracle() {}

    /** The captions of a scene that has all kinds. */
    static List<Caption> captions(RenderedScene scene) {
        var captioner = WORLD.captioner(scene.index(), scene.scene());
        return Stream.of(CaptionKind.values())
                .filter(k -> k.group() != CaptionKind.Group.QUESTION)
                .map(captioner::caption)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The first scene with a caption of that kind. */
    static RenderedScene scene(CaptionKind kind) {
        for (long i = 0; ; i++) {
            RenderedScene scene = WORLD.scene(i);
            if (captions(scene).stream().anyMatch(c -> c.kind() == kind)) {
                return scene;
            }
        }
    }

    static Caption caption(RenderedScene scene, CaptionKind kind) {
        return captions(scene).stream()
                .filter(c -> c.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /** A box for each object that a caption names, moved to the object that {@code moved} says. */
    static List<Detection> detections(RenderedScene scene, Caption caption, IntUnaryOperator moved) {
        List<Detection> all = new ArrayList<>();
        for (Mention m : caption.mentions()) {
            List<Span> own = m.spans().stream()
                    .map(s -> Grounder.span(caption.text(), s))
                    .toList();
            for (int object : m.objects()) {
                PixelBox box =
                        scene.scene().objects().get(moved.applyAsInt(object)).box();
                all.add(new Detection(
                        all.size(),
                        0.9f,
                        0.1f,
                        m.role() == Role.TARGET ? 0.95f : 0.05f,
                        box,
                        own.stream()
                                .map(s -> new Phrase(
                                        s.begin(), s.end(), caption.text().substring(s.begin(), s.end()), 0.5f))
                                .toList(),
                        Grounder.spans(caption).stream()
                                .map(s -> new SpanScore(s, own.contains(s) ? 0.5f : 0.01f))
                                .toList()));
            }
        }
        return all;
    }

    static GroundedScene grounded(RenderedScene scene) {
        return new GroundedScene(
                scene,
                captions(scene).stream()
                        .map(c -> Grounder.judge(scene, c, detections(scene, c, i -> i)))
                        .toList());
    }
}
