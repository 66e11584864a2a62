package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.examples.synthetic.AbsenceBenchmark;
import io.github.mdetr.examples.synthetic.ExpressionBenchmark;
import io.github.mdetr.examples.synthetic.Score;
import io.github.mdetr.examples.synthetic.SightBenchmark;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.augmentation.RandomResize;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.nn.training.SkippedImages;
import io.github.mdetr.nn.training.log.Evaluation;
import io.github.mdetr.nn.training.log.LoggingObserver;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What weights are judged by while they are trained. */
final class TrainJudges {
    private static final int EXPRESSIONS = 500;
    private static final int SCENES = 96;
    private static final long UNSEEN = 1_000_003;

    private TrainJudges() {}

    /** What tells this judge from others, whose marks are not to be compared with its own. */
    static String name(TrainOptions o) throws IOException {
        return o.val == null ? "" : RunFolder.hash(o.val);
    }

    /** By nothing (null), by a file's mean loss, or by expressions about scenes of another world. */
    static LoggingObserver.@Nullable Evaluator of(
            TrainOptions o,
            Criterion criterion,
            BatchMaker maker,
            RobertaTokenizer tokenizer,
            int maxTokens,
            SkippedFile skipped)
            throws IOException {
        if (o.world) {
            World unseen = new World(o.seed + UNSEEN, SceneOptions.SMALL);
            ExpressionBenchmark reading = ExpressionBenchmark.of(unseen, EXPRESSIONS);
            SightBenchmark sight = SightBenchmark.of(unseen, SCENES, tokenizer);
            AbsenceBenchmark absence = AbsenceBenchmark.of(unseen, SCENES);
            return (weights, step) -> {
                try (Mdetr mdetr = Mdetr.of(load(weights), tokenizer)) {
                    return world(mdetr, reading, sight, absence, maker);
                }
            };
        }
        if (o.val == null) {
            return null;
        }
        Path images = o.valImages == null ? o.images.get(0) : o.valImages;
        AnnotatedExamples examples = o.annotations.read(o.val, images);
        examples.requireFiles();
        TrainPlan.requireTrainable(o.val, examples, tokenizer, maxTokens);
        if (examples.objects() == 0) {
            throw new IllegalArgumentException("--val " + o.val + ": holds no object to judge by");
        }
        Augmentation size = o.augment == TrainOptions.Augment.PHOTOGRAPHS
                ? new RandomResize(List.of(800), 1333)
                : TrainPlan.size(o);
        Path val = o.val;
        SkippedImages passedOver =
                o.badImages == BadImages.SKIP ? skipped.of("--val", examples.files().stream()) : null;
        return (weights, step) -> {
            try {
                double loss = meanLoss(weights, criterion, examples, size, maker, passedOver);
                return new Evaluation(-loss, Map.of("loss", loss));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--val " + val + ": " + e.getMessage(), e);
            }
        };
    }

    private static Evaluation world(
            Mdetr mdetr,
            ExpressionBenchmark reading,
            SightBenchmark sight,
            AbsenceBenchmark absence,
            BatchMaker maker) {
        Map<CaptionKind, Score> scores = reading.score(mdetr.model(), maker);
        double share = ExpressionBenchmark.total(scores).share();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p_at_1", share);
        scores.forEach((kind, score) -> figures.put("p_at_1." + kind.label(), score.share()));
        sight.score(mdetr.model(), maker).forEach((kind, score) -> figures.put("sees." + kind.word(), score.share()));
        AbsenceBenchmark.Result absent = absence.score(mdetr);
        figures.put("finds.present", absent.found().share());
        figures.put("silent.absent", absent.silent().share());
        return new Evaluation(share, figures);
    }

    private static double meanLoss(
            Path weights,
            Criterion criterion,
            AnnotatedExamples examples,
            Augmentation size,
            BatchMaker maker,
            @Nullable SkippedImages skipped)
            throws IOException {
        try (MdetrModel model = load(weights)) {
            return Context.with(
                    model.device(),
                    () -> model.device().run(() -> {
                        double sum = 0;
                        int read = 0;
                        for (int i = 0; i < examples.count(); i++) {
                            PreparedBatch batch = batch(examples, i, size, maker, skipped);
                            if (batch != null) {
                                sum += loss(model, criterion, batch);
                                read++;
                            }
                        }
                        return sum / read; // at most 1 % are not
                    }));
        }
    }

    /** Null where the image is passed over. */
    private static @Nullable PreparedBatch batch(
            AnnotatedExamples examples,
            int index,
            Augmentation size,
            BatchMaker maker,
            @Nullable SkippedImages skipped) {
        try {
            if (skipped != null && skipped.contains(examples.file(index))) {
                return null;
            }
            try {
                return maker.make(List.of(size.apply(examples.read(index), new SplittableRandom(0))));
            } catch (ImageReadException e) {
                if (skipped == null) {
                    throw e;
                }
                skipped.add(examples.file(index), e);
                return null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double loss(MdetrModel model, Criterion criterion, PreparedBatch batch) {
        try (Scope scope = Scope.open();
                MdetrInput input = batch.input(model.device());
                MdetrOutput out = model.forward(input, ForwardOptions.evaluation());
                Losses losses = criterion.of(out, batch.targets())) {
            return losses.total().item();
        }
    }

    private static MdetrModel load(Path weights) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(weights)) {
            return ModelLoader.load(checkpoint, Checkpoint.MODEL, Map.of(), Mode.INFERENCE);
        }
    }
}
