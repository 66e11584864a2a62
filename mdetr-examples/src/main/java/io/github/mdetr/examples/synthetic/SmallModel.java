package io.github.mdetr.examples.synthetic;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import io.github.mdetr.tokenizer.BytePairTrainer;
import io.github.mdetr.tokenizer.Vocabulary;

/** The sizes of the small model that learns the synthetic world from nothing: below 20 MB of weights. */
public final class SmallModel {
    private static final int VOCABULARY = 400;
    private static final int TEXTS = 20_000;
    private static final int WIDTH = 128;
    private static final int HEADS = 4;
    private static final int INNER = 512;
    private static final int POSITIONS = 130;
    private static final int QUERIES = 16;

    private SmallModel() {}

    /** Its configuration, for a vocabulary of that size: a half-wide ResNet-18 at stride 16, 2 + 3 + 3 layers of 128. */
    public static MdetrConfig config(int vocabularySize) {
        return MdetrConfig.builder()
                .backbone(BackboneType.RESNET18_HALF)
                .dilation(true)
                .transformer(new TransformerConfig(WIDTH, HEADS, 3, 3, INNER, 0))
                .queries(QUERIES)
                .textEncoder(new RobertaConfig(vocabularySize, WIDTH, 2, HEADS, INNER, POSITIONS, 1e-5f, 0))
                .contrastiveAlign(true)
                .isFinal(true)
                .build();
    }

    /** With fresh weights, its norms to learn too. */
    public static MdetrModel fresh(int vocabularySize, long seed) {
        return MdetrModel.fresh(config(vocabularySize), seed, Mode.FULL_TRAINING);
    }

    /** Its vocabulary: byte pairs of the world's own captions. */
    public static Vocabulary vocabulary(World world) {
        BytePairTrainer trainer = new BytePairTrainer();
        world.texts().limit(TEXTS).forEach(trainer::add);
        return trainer.train(VOCABULARY, 2);
    }
}
