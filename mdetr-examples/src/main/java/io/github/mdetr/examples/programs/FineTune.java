package io.github.mdetr.examples.programs;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.Schedule;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.augmentation.Recipe;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.pipeline.EvaluationResize;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.training.AnnotatedSource;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.EpochSampler;
import io.github.mdetr.nn.training.StepReport;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.TrainerOptions;
import io.github.mdetr.nn.training.TrainingObserver;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fine-tunes a checkpoint on annotations in the published format, by the published recipe. Called again with the same folder it
 * goes on where it was interrupted; {@code mdetr train} does more, such as logs and evaluation.
 */
public final class FineTune {
    private static final long SEED = 1;
    private static final int BATCH = 2;

    private FineTune() {}

    /** Takes annotations, the folder of their pictures, a checkpoint, the folder of its vocabulary, and one for the results. */
    public static void main(String... args) throws IOException {
        Arguments in = Arguments.of(FineTune.class, "ANNOTATIONS IMAGES WEIGHTS VOCABULARY FOLDER [EPOCHS]", args);
        int epochs = in.number("EPOCHS", 5);
        AnnotatedExamples data = new AnnotatedExamples(AnnotationFile.read(in.path("ANNOTATIONS")), in.path("IMAGES"));
        EpochSampler sampler = new EpochSampler(data.count(), BATCH, 1, SEED);
        long perEpoch = sampler.batchesPerEpoch();
        RobertaTokenizer tokenizer = RobertaTokenizer.load(in.path("VOCABULARY"));
        try (Checkpoint checkpoint = Checkpoint.open(in.path("WEIGHTS"));
                MdetrModel model = ModelLoader.load(checkpoint, Checkpoint.MODEL, Map.of(), Mode.TRAINING);
                Optimizer optimizer = AdamW.of(model.parameters().all())
                        .rate(1e-4)
                        .group("backbone", 1e-5)
                        .group("text_encoder", 5e-5)
                        .clipNorm(0.1)
                        .schedule(Schedule.linearWithWarmup(perEpoch, Math.max(1, epochs - 1), perEpoch * epochs))
                        .build()) {
            // The size of pictures that the model was made for; published checkpoints state none.
            Object size = checkpoint.args().getOrDefault(EvaluationResize.ARGUMENT, "800/1333");
            boolean asTheyAre = EvaluationResize.NATIVE.equals(size);
            Augmentation augmentation = asTheyAre ? Augmentation.none() : Recipe.photographs(true);
            Path folder = Files.createDirectories(in.path("FOLDER"));
            Trainer trainer = Trainer.in(folder)
                    .model(model)
                    .optimizer(optimizer)
                    .batches(
                            new AnnotatedSource(List.of(data), sampler, augmentation, SEED),
                            new BatchMaker(
                                    tokenizer, model.config().textEncoder().maxTokens(), PositiveMap.Kind.BINARY))
                    .options(TrainerOptions.of(perEpoch * epochs))
                    .seed(SEED)
                    .observer(new Progress())
                    .argument(EvaluationResize.ARGUMENT, size)
                    .build();
            if (Trainer.stepsTaken(folder) > 0) {
                trainer.resume();
            } else {
                tokenizer.save(folder); // where any program looks for it, beside the weights
            }
            trainer.run(); // leaves last.safetensors
        }
    }

    private static final class Progress implements TrainingObserver {
        @Override
        public void step(StepReport report, List<String> ids, double waited) {
            System.out.printf(Locale.ROOT, "step %d: loss %.3f%n", report.step() + 1, report.loss());
        }
    }
}
