package io.github.mdetr.examples.synthetic;

import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a model sees before it reads: given every attribute's word, always in the same order, which of each kind it ties to an
 * object. An expression cannot be understood whose words look like nothing, so this tells what a training lacks.
 */
public final class SightBenchmark {
    private static final int BATCH = 32;

    private final List<RenderedScene> scenes;

    /** Where each word is: the position of its first token. */
    private final Map<Attribute, Integer> positions = new HashMap<>();

    private SightBenchmark(RobertaTokenizer tokenizer, List<RenderedScene> scenes) {
        this.scenes = scenes;
        String text = words(scenes.get(0)).text();
        Encoding encoding = tokenizer.encode(text);
        for (Attribute.Kind kind : Attribute.Kind.values()) {
            for (Attribute a : kind.all()) {
                positions.put(a, encoding.codePointToToken(text.indexOf(a.word())));
            }
        }
    }

    /**
     * Of the world's first scenes.
     *
     * @throws IllegalArgumentException when there are to be none
     */
    public static SightBenchmark of(World world, int count, RobertaTokenizer tokenizer) {
        if (count < 1) {
            throw new IllegalArgumentException("sight: expected one scene or more, got " + count);
        }
        List<RenderedScene> scenes = new ArrayList<>();
        for (long index = 0; index < count; index++) {
            scenes.add(world.scene(index));
        }
        return new SightBenchmark(tokenizer, scenes);
    }

    private static Caption words(RenderedScene scene) {
        return new Captioner(scene.scene(), Draws.of(0, scene.index())).words(true);
    }

    /** A scene with its words. */
    static TrainingExample example(RenderedScene scene) {
        return new TrainingExample(
                "scene " + scene.index(), scene.image(), List.of(WorldExamples.caption(scene, words(scene))));
    }

    /** Of every object the word of each kind that the box matched to it has most of. */
    public Map<Attribute.Kind, Score> score(MdetrModel model, BatchMaker maker) {
        Map<Attribute.Kind, Score> scores = new EnumMap<>(Attribute.Kind.class);
        for (int from = 0; from < scenes.size(); from += BATCH) {
            score(model, maker, scenes.subList(from, Math.min(scenes.size(), from + BATCH)), scores);
        }
        return scores;
    }

    private void score(
            MdetrModel model, BatchMaker maker, List<RenderedScene> part, Map<Attribute.Kind, Score> scores) {
        PreparedBatch batch =
                maker.make(part.stream().map(SightBenchmark::example).toList());
        try (Scope scope = Scope.open();
                MdetrInput input = batch.input(model.device());
                MdetrOutput out = model.forward(input)) {
            List<Match> matches = HungarianMatcher.published().match(out.logits(), out.boxes(), batch.targets());
            float[] logits = out.logits().toFloats();
            int queries = out.logits().dim(1);
            int classes = out.logits().dim(2);
            for (int i = 0; i < part.size(); i++) {
                Match match = matches.get(i);
                for (int j = 0; j < match.count(); j++) {
                    int row = (i * queries + match.queries()[j]) * classes;
                    SceneObject object = part.get(i).scene().objects().get(match.objects()[j]);
                    for (Attribute.Kind kind : Attribute.Kind.values()) {
                        boolean right = best(kind, logits, row).equals(object.attribute(kind));
                        scores.merge(kind, Score.NONE.plus(right), (a, b) -> a.plus(right));
                    }
                }
            }
        }
    }

    private Attribute best(Attribute.Kind kind, float[] logits, int row) {
        List<Attribute> all = kind.all();
        Attribute best = all.get(0);
        for (Attribute a : all) {
            best = logits[row + position(a)] > logits[row + position(best)] ? a : best;
        }
        return best;
    }

    private int position(Attribute a) {
        return Objects.requireNonNull(positions.get(a));
    }
}
