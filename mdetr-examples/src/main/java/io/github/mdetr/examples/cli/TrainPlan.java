package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.optim.Schedule;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.examples.cli.TrainOptions.Augment;
import io.github.mdetr.examples.synthetic.SmallModel;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldExamples;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.augmentation.RandomFlip;
import io.github.mdetr.nn.augmentation.RandomResize;
import io.github.mdetr.nn.augmentation.Recipe;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.pipeline.EvaluationResize;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.training.AnnotatedSource;
import io.github.mdetr.nn.training.EpochSampler;
import io.github.mdetr.nn.training.ExampleSource;
import io.github.mdetr.nn.training.SkippedImages;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the options of a training come to: source, model, losses, optimizer. */
final class TrainPlan {
    private static final int WARMUP = 500;

    /** Captions are padded to a multiple of so many tokens. */
    private static final int FEW_LENGTHS = 8;

    private final TrainOptions o;
    private final List<AnnotatedExamples> sets;
    private final List<String> notes;
    private final ExampleSource source;
    private final long perEpoch;

    private TrainPlan(
            TrainOptions o, List<AnnotatedExamples> sets, List<String> notes, ExampleSource source, long perEpoch) {
        this.o = o;
        this.sets = sets;
        this.notes = notes;
        this.source = source;
        this.perEpoch = perEpoch;
    }

    /**
     * Reads the data and fills in what the options leave open.
     *
     * @param skipped lists the images that are passed over, where the options ask for it
     * @throws IllegalArgumentException for options that contradict each other or lack something
     */
    static TrainPlan of(TrainOptions o, SkippedFile skipped) throws IOException {
        TrainDefaults.fill(o);
        if (o.world) {
            return checked(world(o));
        }
        List<String> notes = new ArrayList<>();
        List<AnnotatedExamples> sets = sets(o, notes);
        int count = sets.stream().mapToInt(AnnotatedExamples::count).reduce(0, Math::addExact);
        long perStep = (long) batch(o) * o.passes;
        if (sets.stream().mapToLong(AnnotatedExamples::objects).sum() == 0) {
            long leftOut = sets.stream().mapToLong(AnnotatedExamples::leftOut).sum();
            throw new IllegalArgumentException(
                    "--data: expected objects to learn, got " + AnnotationOptions.withoutObjects(leftOut));
        }
        if (perStep > count / chunks(o)) {
            throw new IllegalArgumentException(
                    "--batch " + batch(o) + ", --passes " + o.passes + (chunks(o) > 1 ? ", --chunks " + chunks(o) : "")
                            + ": a step takes " + perStep + " images, an epoch of the data has " + count / chunks(o)
                            + "; give smaller ones");
        }
        EpochSampler sampler = new EpochSampler(count, (int) perStep, chunks(o), o.seed);
        EpochSampler batches = new EpochSampler(count, batch(o), chunks(o), o.seed);
        long perEpoch = sampler.batchesPerEpoch();
        TrainDefaults.fillLengths(o, perEpoch);
        SkippedImages passedOver = o.badImages == BadImages.SKIP
                ? skipped.of("--data", sets.stream().flatMap(s -> s.files().stream()))
                : null;
        AnnotatedSource source = new AnnotatedSource(sets, batches, augmentation(o), o.seed, passedOver);
        // A step's batches are the next of the epoch; what does not fill a step is left out, as in a batch.
        long all = batches.batchesPerEpoch();
        int passes = o.passes;
        ExampleSource whole = index -> {
            long step = index / passes;
            return source.examples(step / perEpoch * all + step % perEpoch * passes + index % passes);
        };
        return checked(new TrainPlan(o, sets, notes, whole, perEpoch));
    }

    private static TrainPlan world(TrainOptions o) {
        WorldExamples examples = new WorldExamples(
                new World(o.seed, SceneOptions.SMALL),
                o.seed,
                batch(o),
                Objects.requireNonNull(o.captions),
                batches(o, curriculum(o)));
        long overfit = batches(o, o.overfit == null ? Long.MAX_VALUE : o.overfit);
        return new TrainPlan(o, List.of(), List.of(), index -> examples.examples(index % overfit), 0);
    }

    /** Of so many steps. */
    private static long batches(TrainOptions o, long steps) {
        return steps > Long.MAX_VALUE / o.passes ? Long.MAX_VALUE : steps * o.passes;
    }

    /** Before anything is computed, whether there is such a schedule. */
    private static TrainPlan checked(TrainPlan plan) {
        plan.schedule();
        return plan;
    }

    private static int batch(TrainOptions o) {
        return Objects.requireNonNull(o.batch);
    }

    private static int chunks(TrainOptions o) {
        return Objects.requireNonNull(o.chunks);
    }

    private static long curriculum(TrainOptions o) {
        return Objects.requireNonNull(o.curriculum);
    }

    private static List<AnnotatedExamples> sets(TrainOptions o, List<String> notes) throws IOException {
        if (o.images.size() != 1 && o.images.size() != o.data.size()) {
            throw new IllegalArgumentException("--images: expected one folder, or one for each of the " + o.data.size()
                    + " --data, got " + o.images.size());
        }
        List<AnnotatedExamples> sets = new ArrayList<>();
        for (int i = 0; i < o.data.size(); i++) {
            Path folder = o.images.get(o.images.size() == 1 ? 0 : i);
            Path file = o.data.get(i);
            AnnotationFile read = AnnotationFile.read(file);
            AnnotatedExamples set = o.annotations.examples(file, read, folder);
            set.requireFiles();
            if (!read.problems().notes().isEmpty()) {
                notes.add(file + ": " + read.problems().notes());
            }
            sets.add(set);
        }
        return sets;
    }

    private static Augmentation augmentation(TrainOptions o) {
        return switch (Objects.requireNonNull(o.augment)) {
            case NONE -> o.flip ? size(o).then(new RandomFlip(0.5)) : size(o);
            case PHOTOGRAPHS -> Recipe.photographs(!o.flip);
            case CLEVR -> Recipe.clevr(!o.flip);
        };
    }

    /** The size of images where nothing else changes it. */
    static Augmentation size(TrainOptions o) {
        return o.size == null ? Augmentation.none() : new RandomResize(List.of(o.size));
    }

    /**
     * Checks that every caption and span of the data can be learned, before hours of training come to it.
     *
     * @throws IllegalArgumentException naming the file and the entry
     */
    void requireTrainable(RobertaTokenizer tokenizer, int maxTokens) {
        for (int i = 0; i < sets.size(); i++) {
            requireTrainable(o.data.get(i), sets.get(i), tokenizer, maxTokens);
        }
    }

    static void requireTrainable(Path file, AnnotatedExamples set, RobertaTokenizer tokenizer, int maxTokens) {
        try {
            set.requireTrainable(tokenizer, maxTokens);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + ": " + e.getMessage() + "; mdetr check-data lists all that is wrong", e);
        }
    }

    /** What a run that goes on must see again: examples of the curriculum's beginning and end. */
    String worldHash() throws IOException {
        List<TrainingExample> sample = new ArrayList<>(source.examples(0));
        sample.addAll(source.examples(batches(o, curriculum(o))));
        return RunFolder.hash(sample);
    }

    /** Objects of the data that are not learned: crowds, and boxes of which nothing is left in the image. */
    long leftOut() {
        return sets.stream().mapToLong(AnnotatedExamples::leftOut).sum();
    }

    /** What is passed over in the data's files, a line each. */
    List<String> notes() {
        return notes;
    }

    ExampleSource source() {
        return source;
    }

    long steps() {
        return Objects.requireNonNull(o.steps);
    }

    int evaluateEvery() {
        return Objects.requireNonNull(o.evaluateEvery);
    }

    PositiveMap.Kind maps() {
        return Objects.requireNonNull(o.maps);
    }

    /** The world's pictures have one size, so a batch's shape is that of its captions: half of a step went into new ones. */
    int padToMultipleOf() {
        return o.world ? FEW_LENGTHS : 1;
    }

    /** The losses with their weights. */
    Criterion criterion() {
        return LossOption.criterion(o.losses);
    }

    /** Whether nothing is known before. */
    private boolean fresh() {
        return o.weights == null;
    }

    /** The vocabulary of a run that begins. */
    RobertaTokenizer tokenizer() {
        if (o.world && o.weights == null) {
            return RobertaTokenizer.of(
                    SmallModel.vocabulary(new World(o.seed, SceneOptions.SMALL)), TokenizerOptions.DEFAULT);
        }
        if (o.vocabulary != null) {
            return RobertaTokenizer.load(o.vocabulary);
        }
        if (o.weights == null) {
            throw new IllegalArgumentException("expected --weights to begin with, or --vocabulary for the small model"
                    + " from nothing; got neither");
        }
        return RobertaTokenizer.load(Mdetr.vocabularyOf(o.weights));
    }

    /** The model, its frozen parameters marked; {@code resumed} tells its configuration where a run goes on. */
    MdetrModel model(int vocabularySize, @Nullable Path resumed, boolean verify) throws IOException {
        MdetrModel model = fresh() ? SmallModel.fresh(vocabularySize, o.seed) : load(resumed, verify);
        try {
            int words = model.config().textEncoder().vocabularySize();
            if (words != vocabularySize) {
                throw new IllegalArgumentException("--vocabulary: has " + vocabularySize
                        + " tokens, the model's text encoder " + words + "; give the one of these weights");
            }
            for (String text : o.freeze) {
                List<Parameter> frozen = model.parameters().all().stream()
                        .filter(p -> p.name().contains(text))
                        .toList();
                if (frozen.isEmpty()) {
                    throw new IllegalArgumentException("--freeze " + text + ": no parameter's name holds it");
                }
                frozen.forEach(p -> p.setTrainable(false));
            }
            if (Objects.equals(o.backboneRate, 0.0)) { // as published
                model.parameters().all().stream()
                        .filter(p -> p.name().contains("backbone"))
                        .forEach(p -> p.setTrainable(false));
            }
            if (model.parameters().all().stream().noneMatch(Parameter::isTrainable)) {
                throw new IllegalArgumentException("--freeze: leaves nothing to train; name less");
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private MdetrModel load(@Nullable Path resumed, boolean verify) throws IOException {
        Path weights = resumed == null ? Objects.requireNonNull(o.weights) : resumed;
        try (Checkpoint checkpoint = Checkpoint.open(weights, verify)) {
            Mode mode = o.world || o.liveNorms ? Mode.FULL_TRAINING : Mode.TRAINING;
            return ModelLoader.load(checkpoint, Checkpoint.MODEL, Map.of(), mode);
        }
    }

    Optimizer optimizer(MdetrModel model) {
        AdamW.Builder b = AdamW.of(model.parameters().all())
                .rate(Objects.requireNonNull(o.rate))
                .weightDecay(o.weightDecay)
                .clipNorm(Objects.requireNonNull(o.clip))
                .schedule(schedule());
        if (o.backboneRate != null) {
            b.group("backbone", o.backboneRate);
        }
        if (o.textRate != null) {
            b.group("text_encoder", o.textRate);
        }
        if (o.average != null) {
            b.average(o.average);
        }
        return b.build();
    }

    private Schedule schedule() {
        long all = steps();
        int drop = o.drop == null ? 1 : o.drop;
        return switch (Objects.requireNonNull(o.schedule)) {
            case CONSTANT -> Schedule.constant();
            case STEP -> Schedule.step(perEpoch(), drop);
            case MULTISTEP -> Schedule.multistep(perEpoch(), drop, o.epochs == null ? 1 : o.epochs);
            case LINEAR_WITH_WARMUP -> Schedule.linearWithWarmup(perEpoch(), drop, all);
            case ALL_LINEAR_WITH_WARMUP -> Schedule.allLinearWithWarmup(all);
            case WARMUP_STABLE_DECAY -> {
                long decay = Objects.requireNonNull(o.decay);
                yield Schedule.warmupStableDecay(Math.min(Math.min(WARMUP, all / 2), all - decay), decay, all);
            }
        };
    }

    private long perEpoch() {
        if (o.world) {
            throw new IllegalArgumentException("--schedule " + o.schedule
                    + ": the world has no epochs; take warmup_stable_decay, constant or" + " all_linear_with_warmup");
        }
        return perEpoch;
    }

    /** What the weights' files say beside the model's configuration. */
    Map<String, Object> weightArguments() {
        if (o.size != null) {
            return Map.of(EvaluationResize.ARGUMENT, o.size);
        }
        return o.augment == Augment.PHOTOGRAPHS ? Map.of() : Map.of(EvaluationResize.ARGUMENT, EvaluationResize.NATIVE);
    }

    /** Dropout as the model's own configuration has it; the small model's is 0. */
    boolean dropout() {
        return !fresh() && !o.world && !o.noDropout;
    }
}
