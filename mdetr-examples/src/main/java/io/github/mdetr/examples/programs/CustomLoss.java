package io.github.mdetr.examples.programs;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldExamples;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.loss.MatchedLayer;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.util.Locale;

/** A loss of one's own among the published ones: boxes of the wrong size cost, and GIoU does not. */
public final class CustomLoss {
    private CustomLoss() {}

    /** Takes nothing; tells each term for one scene and a model that knows nothing yet. */
    public static void main(String... args) {
        Arguments.of(CustomLoss.class, "", args);
        World world = new World(1, SceneOptions.SMALL);
        RobertaTokenizer tokenizer = TrainingLoop.tokenizer(world);
        MdetrConfig config = TrainingLoop.config(tokenizer.vocabSize());
        PreparedBatch batch = new BatchMaker(tokenizer, config.textEncoder().maxTokens())
                .make(new WorldExamples(world, 1, 1, 2, 1).examples(0));
        try (MdetrModel model = MdetrModel.fresh(config, 1, Mode.FULL_TRAINING);
                MdetrInput input = batch.input(model.device());
                MdetrOutput output = model.forward(input, ForwardOptions.evaluation());
                Losses losses = criterion().of(output, batch.targets())) {
            for (LossTerm term : losses.terms()) {
                System.out.printf(Locale.ROOT, "%-24s %.6f x %s%n", term.name(), term.value(), term.weight());
            }
            System.out.printf(
                    Locale.ROOT, "%-24s %.6f%n", "total", losses.total().item());
        }
    }

    /** What a training takes in the place of {@code Criterion.published()}. */
    static Criterion criterion() {
        return Criterion.published().without("loss_giou").with("loss_area", 2, CustomLoss::area);
    }

    /** How far the areas of matched boxes are from those of their objects, for each decoder layer; with gradients. */
    private static Tensor area(MatchedLayer matched) {
        Tensor off = Elementwise.sub(areas(matched.matchedBoxes()), areas(matched.targetBoxes()));
        return matched.perObject(Reductions.sum(Elementwise.abs(off)));
    }

    /** [P, 4] as cxcywh to [P, 1]. */
    private static Tensor areas(Tensor boxes) {
        return Elementwise.mul(Shapes.slice(boxes, -1, 2, 3), Shapes.slice(boxes, -1, 3, 4));
    }
}
