package io.github.mdetr.nn.training;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A model of the smallest sizes, dropout and live norms, its optimizer, and noise to learn from. */
final class TinyTraining implements AutoCloseable {
    static final long SEED = 5;
    static final double RATE = 1e-3;

    final MdetrModel model;
    final Optimizer optimizer;
    final BatchMaker maker;

    private TinyTraining(boolean frozenBackbone, boolean averages) throws IOException {
        RobertaTokenizer tokenizer = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
        MdetrConfig config = MdetrConfig.builder()
                .backbone(BackboneType.RESNET18_HALF)
                .transformer(new TransformerConfig(16, 2, 1, 2, 16, 0.1f))
                .queries(4)
                .textEncoder(new RobertaConfig(tokenizer.vocabSize(), 16, 1, 2, 16, 40, 1e-5f, 0.1f))
                .contrastiveAlign(true)
                .isFinal(true)
                .build();
        model = MdetrModel.fresh(config, SEED, Mode.FULL_TRAINING);
        if (frozenBackbone) {
            for (Parameter p : model.parameters().all()) {
                if (p.name().startsWith("backbone.")) {
                    p.setTrainable(false);
                }
            }
        }
        AdamW.Builder builder = AdamW.of(model.parameters().all())
                .rate(RATE)
                .group("text_encoder", RATE / 2)
                .clipNorm(1);
        optimizer = (averages ? builder.average(0.5) : builder).build();
        maker = new BatchMaker(tokenizer, config.textEncoder().maxTokens());
    }

    static TinyTraining whole() throws IOException {
        return new TinyTraining(false, true);
    }

    static TinyTraining frozen() throws IOException {
        return new TinyTraining(true, false);
    }

    Trainer trainer(Path folder, TrainerOptions options, ExampleSource source, TrainingObserver observer) {
        return builder(folder, options, source, observer).build();
    }

    Trainer.Builder builder(Path folder, TrainerOptions options, ExampleSource source, TrainingObserver observer) {
        return Trainer.in(folder)
                .model(model)
                .optimizer(optimizer)
                .batches(source, maker)
                .options(options)
                .observer(observer)
                .seed(SEED);
    }

    /** Noise with two objects. */
    static List<TrainingExample> examples(long step) {
        SplittableRandom random = new SplittableRandom(step);
        byte[] rgb = new byte[48 * 32 * 3];
        random.nextBytes(rgb);
        List<ExampleObject> objects = List.of(
                new ExampleObject(new PixelBox(2, 2, 20, 20), List.of(new CodePointSpan(2, 5)), true),
                new ExampleObject(
                        new PixelBox(10 + random.nextInt(8), 4, 40, 30), List.of(new CodePointSpan(10, 13)), false));
        return List.of(new TrainingExample(
                "noise " + step,
                new RgbImage(48, 32, rgb),
                List.of(new ExampleCaption("a cat and dog", objects), new ExampleCaption("a cat on two", objects))));
    }

    @Override
    public void close() {
        optimizer.close();
        model.close();
    }

    /**
     * A training in a process of its own, which goes on where the folder's checkpoint is; prints a line after each step.
     *
     * @param args folder, steps, steps between checkpoints, least milliseconds of a step
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        TrainerOptions options = new TrainerOptions(
                Long.parseLong(args[1]), Integer.parseInt(args[2]), 0, 1, 1, TrainerOptions.NonFinite.STOP);
        long pause = Long.parseLong(args[3]);
        boolean finished = Context.with(Backends.get("reference"), () -> {
            try (TinyTraining tiny = frozen()) {
                Trainer trainer = tiny.trainer(folder, options, TinyTraining::examples, new TrainingObserver() {
                    @Override
                    public void step(StepReport report, List<String> ids, double waited) {
                        System.out.println("step " + report.step());
                        sleep(pause);
                    }
                });
                if (java.nio.file.Files.exists(folder.resolve(Trainer.STATE))) {
                    System.out.println("resumed at " + trainer.resume());
                }
                try (SignalStop stop = new SignalStop(trainer)) {
                    return trainer.run();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        System.exit(finished ? 0 : 143);
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
