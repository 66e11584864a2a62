package io.github.mdetr.examples.programs;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldExamples;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.pipeline.EvaluationResize;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.nn.transformer.TransformerConfig;
import io.github.mdetr.tokenizer.BytePairTrainer;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Training written out: a very small model begins to learn, from nothing, on scenes that are drawn as they are needed. */
public final class TrainingLoop {
    private static final long SEED = 1;
    private static final int SCENES_PER_STEP = 4;
    private static final int CAPTIONS_PER_SCENE = 2;

    private TrainingLoop() {}

    /** Takes a folder for the weights and their vocabulary, and how many steps to learn. */
    public static void main(String... args) throws IOException {
        Arguments in = Arguments.of(TrainingLoop.class, "FOLDER [STEPS]", args);
        Path folder = in.newPath("FOLDER");
        int steps = in.number("STEPS", 20);
        Files.createDirectories(folder);

        World world = new World(SEED, SceneOptions.SMALL);
        WorldExamples scenes = new WorldExamples(world, SEED, SCENES_PER_STEP, CAPTIONS_PER_SCENE, steps);
        RobertaTokenizer tokenizer = tokenizer(world);
        MdetrConfig config = config(tokenizer.vocabSize());
        BatchMaker maker = new BatchMaker(tokenizer, config.textEncoder().maxTokens());
        Criterion criterion = Criterion.published();
        try (MdetrModel model = MdetrModel.fresh(config, SEED, Mode.FULL_TRAINING);
                Optimizer optimizer = AdamW.of(model.parameters().all())
                        .rate(1e-3)
                        .clipNorm(1)
                        .build()) {
            for (int step = 0; step < steps; step++) {
                PreparedBatch batch = maker.make(scenes.examples(step));
                // run: the whole step on the device's own thread, instead of each operation by itself
                float loss = model.device().run(() -> step(model, criterion, optimizer, batch));
                System.out.printf(Locale.ROOT, "step %d: loss %.3f%n", step + 1, loss);
            }
            // It learned from pictures as they are.
            model.save(folder.resolve("model.safetensors"), Map.of(EvaluationResize.ARGUMENT, EvaluationResize.NATIVE));
            tokenizer.save(folder);
        }
    }

    /** Forward, losses, gradients, new weights; gives the loss before. The scope frees what lies between. */
    private static float step(MdetrModel model, Criterion criterion, Optimizer optimizer, PreparedBatch batch) {
        try (MdetrInput input = batch.input(model.device());
                Scope scope = Scope.open();
                Tape tape = Tape.record();
                MdetrOutput output = model.forward(input, ForwardOptions.training(Dropout.none()));
                Losses losses = criterion.of(output, batch.targets());
                Gradients gradients = tape.backward(losses.total())) {
            optimizer.step(gradients);
            return losses.total().item();
        }
    }

    /** Byte pairs of the world's own captions. */
    static RobertaTokenizer tokenizer(World world) {
        BytePairTrainer trainer = new BytePairTrainer();
        world.texts().limit(1000).forEach(trainer::add);
        return RobertaTokenizer.of(trainer.train(350, 2), TokenizerOptions.DEFAULT);
    }

    /** Half a ResNet-18 and 2 + 2 + 2 layers of 64. */
    static MdetrConfig config(int vocabularySize) {
        return MdetrConfig.builder()
                .backbone(BackboneType.RESNET18_HALF)
                .transformer(new TransformerConfig(64, 4, 2, 2, 256, 0))
                .textEncoder(new RobertaConfig(vocabularySize, 64, 2, 4, 256, 130, 1e-5f, 0))
                .queries(10)
                .build();
    }
}
