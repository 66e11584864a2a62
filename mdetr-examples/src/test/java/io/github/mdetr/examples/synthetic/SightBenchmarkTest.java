package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossWeights;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.nn.training.TrainingStep;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Chance at first, and what was learned by heart at last. */
class SightBenchmarkTest {
    private static final World WORLD = new World(31, SceneOptions.SMALL);

    @Test
    void aModelThatLearnedScenesByHeartSeesThem() {
        RobertaTokenizer tokenizer = RobertaTokenizer.of(SmallModel.vocabulary(WORLD), TokenizerOptions.DEFAULT);
        SightBenchmark sight = SightBenchmark.of(WORLD, 2, tokenizer);
        int objects = WORLD.unrendered(0).objects().size()
                + WORLD.unrendered(1).objects().size();
        Criterion words = new Criterion(LossWeights.published().withClassification(5), HungarianMatcher.published());
        try (MdetrModel model = SmallModel.fresh(tokenizer.vocabSize(), 1);
                Optimizer optimizer = AdamW.of(model.parameters().all())
                        .rate(3e-4)
                        .clipNorm(1)
                        .build()) {
            BatchMaker maker =
                    new BatchMaker(tokenizer, model.config().textEncoder().maxTokens());
            PreparedBatch batch =
                    maker.make(List.of(SightBenchmark.example(WORLD.scene(0)), SightBenchmark.example(WORLD.scene(1))));
            TrainingStep step = new TrainingStep(model, words, optimizer, 1, false);
            Map<Attribute.Kind, Score> before = sight.score(model, maker);
            for (int i = 0; i < 150; i++) {
                step.run(i, batch);
            }
            Map<Attribute.Kind, Score> after = sight.score(model, maker);
            int right = 0;
            for (Attribute.Kind kind : Attribute.Kind.values()) {
                assertEquals(objects, after.get(kind).all(), kind.word());
                right += after.get(kind).right() - before.get(kind).right();
                assertTrue(after.get(kind).share() >= 0.8, kind + " " + after);
            }
            assertTrue(right > 0, before + " " + after);
        }
    }

    @Test
    void noScenesAreRefused() {
        RobertaTokenizer tokenizer = RobertaTokenizer.of(SmallModel.vocabulary(WORLD), TokenizerOptions.DEFAULT);
        assertThrows(IllegalArgumentException.class, () -> SightBenchmark.of(WORLD, 0, tokenizer));
    }
}
