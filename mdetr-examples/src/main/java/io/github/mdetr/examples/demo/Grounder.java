package io.github.mdetr.examples.demo;

import io.github.mdetr.examples.demo.GroundedCaption.Answer;
import io.github.mdetr.examples.synthetic.ExpressionBenchmark;
import io.github.mdetr.examples.synthetic.RenderedScene;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.caption.Role;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.pipeline.Span;
import io.github.mdetr.nn.pipeline.SpanScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Grounds captions of scenes and holds the boxes against the truth.
 *
 * <ul>
 *   <li>Of an expression the first box counts, ranked by score times isfinal (P@1).
 *   <li>Of a caption that names every object, each phrase that names k objects has the k boxes of the highest probability on
 *       its words (R-precision).
 * </ul>
 *
 * A box is right when its IoU with an object that the words name is 0.5 or more; an object counts once.
 */
public final class Grounder {
    private static final DetectOptions EVERYTHING = DetectOptions.defaults().withThreshold(0);
    private static final float CONFIDENT = DetectOptions.defaults().threshold();

    private final Mdetr mdetr;

    /** With that model, which stays the caller's to close. */
    public Grounder(Mdetr mdetr) {
        this.mdetr = mdetr;
    }

    /** Grounds captions of a scene, all in one pass over its picture. */
    public GroundedScene ground(RenderedScene scene, List<Caption> captions) {
        RgbImage image = scene.image();
        List<DetectRequest> requests = captions.stream()
                .map(c -> DetectRequest.of(image, c.text()).withSpans(spans(c)))
                .toList();
        List<GroundedCaption> grounded = new ArrayList<>();
        var results = mdetr.detect(requests, EVERYTHING);
        for (int i = 0; i < captions.size(); i++) {
            grounded.add(judge(scene, captions.get(i), results.get(i).detections()));
        }
        return new GroundedScene(scene, grounded);
    }

    /** The words of every mention, in order. */
    static List<Span> spans(Caption caption) {
        return caption.mentions().stream()
                .flatMap(m -> m.spans().stream())
                .map(s -> span(caption.text(), s))
                .toList();
    }

    /** A span in UTF-16 units. */
    static Span span(String text, CodePointSpan s) {
        return new Span(text.offsetByCodePoints(0, s.begin()), text.offsetByCodePoints(0, s.end()));
    }

    /**
     * Holds detections against the truth.
     *
     * @param detections one for every query, with the scores of {@link #spans}
     */
    static GroundedCaption judge(RenderedScene scene, Caption caption, List<Detection> detections) {
        List<Detection> confident = detections.stream()
                .filter(d -> d.score() >= CONFIDENT)
                .sorted(Comparator.comparingDouble(Detection::score).reversed())
                .toList();
        boolean packed = caption.kind() == CaptionKind.PACKED;
        List<Answer> answers = new ArrayList<>();
        for (Mention m : caption.mentions()) {
            if (m.role() == Role.TARGET || packed) {
                Comparator<Detection> rank = packed
                        ? Comparator.comparingDouble(d -> probability(caption.text(), m, d))
                        : Comparator.comparingDouble(Grounder::finalScore);
                List<Detection> best = detections.stream()
                        .sorted(rank.reversed().thenComparingInt(Detection::query))
                        .limit(m.objects().size())
                        .toList();
                answers.addAll(judge(scene, m, best));
            }
        }
        return new GroundedCaption(caption, confident, answers);
    }

    private static List<Answer> judge(RenderedScene scene, Mention mention, List<Detection> best) {
        List<Integer> open = new ArrayList<>(mention.objects());
        List<Answer> answers = new ArrayList<>();
        for (Detection d : best) {
            Integer found = open.stream()
                    .filter(o -> ExpressionBenchmark.isRight(
                            d.box(), scene.scene().objects().get(o).box()))
                    .findFirst()
                    .orElse(null);
            if (found != null) {
                open.remove(found);
            }
            answers.add(new Answer(mention, d, found != null));
        }
        return answers;
    }

    private static double finalScore(Detection d) {
        return d.score() * Objects.requireNonNullElse(d.isFinal(), 1f);
    }

    private static double probability(String text, Mention mention, Detection d) {
        List<Span> words = mention.spans().stream().map(s -> span(text, s)).toList();
        return d.spans().stream()
                .filter(s -> words.contains(s.span()))
                .mapToDouble(SpanScore::score)
                .max()
                .orElse(0);
    }
}
