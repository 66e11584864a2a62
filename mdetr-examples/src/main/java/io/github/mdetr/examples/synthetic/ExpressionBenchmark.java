package io.github.mdetr.examples.synthetic;

import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.nn.box.Boxes;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.training.BatchMaker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Referring expressions about scenes of a world, and how often a model's first box is the object's: ranked by score times
 * isfinal, right at an IoU of 0.5 (the protocol of CLEVR-Ref+ with the usual threshold).
 */
public final class ExpressionBenchmark {
    private static final int BATCH = 32;
    private static final double RIGHT = 0.5;

    /**
     * A question and its answer.
     *
     * @param scene what is seen
     * @param caption the expression
     * @param target the object's box
     */
    public record Item(RenderedScene scene, Caption caption, PixelBox target) {}

    private final List<Item> items;

    private ExpressionBenchmark(List<Item> items) {
        this.items = items;
    }

    /** So many expressions about the world's first scenes, one a scene, the kinds by turns. */
    public static ExpressionBenchmark of(World world, int count) {
        List<CaptionKind> kinds = List.of(CaptionKind.values()).stream()
                .filter(k -> k.group() == CaptionKind.Group.EXPRESSION)
                .toList();
        List<Item> items = new ArrayList<>();
        for (long index = 0; items.size() < count; index++) {
            Scene bare = world.unrendered(index);
            Caption c = world.captioner(index, bare).caption(kinds.get(items.size() % kinds.size()));
            if (c != null) {
                RenderedScene scene = world.scene(index); // drawing takes most of the time
                int target = c.targets().get(0);
                items.add(new Item(scene, c, scene.scene().objects().get(target).box()));
            }
        }
        return new ExpressionBenchmark(items);
    }

    /** The expressions. */
    public List<Item> items() {
        return items;
    }

    /** Each item with the caption of another one: what can be right without reading. */
    public ExpressionBenchmark shuffled() {
        List<Item> moved = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            Item other = items.get((i + items.size() / 2) % items.size());
            moved.add(new Item(item.scene(), other.caption(), item.target()));
        }
        return new ExpressionBenchmark(moved);
    }

    /** The model's score for each kind of the items' captions. */
    public Map<CaptionKind, Score> score(MdetrModel model, BatchMaker maker) {
        Map<CaptionKind, Score> scores = new EnumMap<>(CaptionKind.class);
        for (int from = 0; from < items.size(); from += BATCH) {
            List<Item> part = items.subList(from, Math.min(items.size(), from + BATCH));
            List<float[]> boxes = firstBoxes(model, maker, part);
            for (int i = 0; i < part.size(); i++) {
                boolean right = isRight(boxes.get(i), part.get(i));
                scores.merge(part.get(i).caption().kind(), Score.NONE.plus(right), (a, b) -> a.plus(right));
            }
        }
        return scores;
    }

    /** All kinds together. */
    public static Score total(Map<CaptionKind, Score> scores) {
        return total(scores, scores.keySet());
    }

    /** Some kinds together. */
    public static Score total(Map<CaptionKind, Score> scores, Set<CaptionKind> kinds) {
        return kinds.stream()
                .map(k -> scores.getOrDefault(k, Score.NONE))
                .reduce(Score.NONE, (a, b) -> new Score(a.right() + b.right(), a.all() + b.all()));
    }

    /** How often the box of an object taken at random would be right, for expressions of these kinds. */
    public double randomObject(Set<CaptionKind> kinds) {
        return of(kinds)
                .mapToDouble(item -> {
                    List<SceneObject> objects = item.scene().scene().objects();
                    long right = objects.stream()
                            .filter(o -> isRight(o.box(), item.target()))
                            .count();
                    return right / (double) objects.size();
                })
                .average()
                .orElse(Double.NaN);
    }

    /** The score of the box of the object that shows the most pixels. */
    public Score largestObject(Set<CaptionKind> kinds) {
        return of(kinds)
                .map(item -> item.scene().scene().objects().stream()
                        .max(Comparator.comparingInt(SceneObject::visiblePixels))
                        .map(o -> isRight(o.box(), item.target()))
                        .orElse(false))
                .reduce(Score.NONE, Score::plus, (a, b) -> new Score(a.right() + b.right(), a.all() + b.all()));
    }

    private Stream<Item> of(Set<CaptionKind> kinds) {
        return items.stream().filter(item -> kinds.contains(item.caption().kind()));
    }

    /** Whether a box counts as that of the target: an IoU of 0.5 or more. */
    public static boolean isRight(PixelBox box, PixelBox target) {
        return Boxes.iou(xyxy(box), xyxy(target))[0][0] >= RIGHT;
    }

    private static float[][] xyxy(PixelBox b) {
        return new float[][] {{b.x0(), b.y0(), b.x1(), b.y1()}};
    }

    private static boolean isRight(float[] cxcywh, Item item) {
        int w = item.scene().image().width();
        int h = item.scene().image().height();
        return isRight(PixelBox.of(cxcywh[0], cxcywh[1], cxcywh[2], cxcywh[3], w, h), item.target());
    }

    private static List<float[]> firstBoxes(MdetrModel model, BatchMaker maker, List<Item> part) {
        List<TrainingExample> examples = part.stream()
                .map(i -> new TrainingExample(
                        "item",
                        i.scene().image(),
                        List.of(new TrainingExample.ExampleCaption(i.caption().text(), List.of()))))
                .toList();
        try (Scope scope = Scope.open();
                MdetrInput input = maker.make(examples).input(model.device());
                MdetrOutput out = model.forward(input)) {
            float[] logits = out.logits().toFloats();
            float[] boxes = out.boxes().toFloats();
            io.github.mdetr.core.tensor.Tensor finals = out.last().isFinal();
            float[] isFinal = finals == null ? new float[logits.length] : finals.toFloats();
            int q = out.logits().dim(1);
            int c = out.logits().dim(2);
            List<float[]> first = new ArrayList<>();
            for (int b = 0; b < part.size(); b++) {
                int best = b * q;
                double bestScore = -1;
                for (int row = b * q; row < (b + 1) * q; row++) {
                    double score = some(logits, row * c, c) / (1 + Math.exp(-isFinal[row]));
                    if (score > bestScore) {
                        bestScore = score;
                        best = row;
                    }
                }
                first.add(java.util.Arrays.copyOfRange(boxes, 4 * best, 4 * best + 4));
            }
            return first;
        }
    }

    /** The probability of any object. */
    private static double some(float[] logits, int from, int c) {
        double peak = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + c; i++) {
            peak = Math.max(peak, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + c; i++) {
            sum += Math.exp(logits[i] - peak);
        }
        return 1 - Math.exp(logits[from + c - 1] - peak) / sum;
    }
}
