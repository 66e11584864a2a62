package io.github.mdetr.nn.training;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a model in a folder, and goes on there when it was interrupted: {@code training.safetensors} holds all that
 * training is, {@code training-previous.safetensors} the same of the checkpoint before, should the last be damaged, {@code
 * last.safetensors} the weights of the last checkpoint or evaluation and {@code best.safetensors} those that were judged best,
 * as any program loads them. An optimizer that averages gives the averages to both, and to evaluations.
 *
 * <p>N steps give the same weights, bit for bit, as some, an interruption and the rest: batches and dropout depend on seed and
 * step alone, and weights and moments are restored exactly.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.in(folder)
 *         .model(model)
 *         .optimizer(AdamW.of(model.parameters().all()).rate(1e-4).clipNorm(0.1).build())
 *         .batches(new AnnotatedSource(sets, sampler, Recipe.photographs(true), seed), maker)
 *         .options(TrainerOptions.of(10_000))
 *         .build();
 * trainer.run();
 * }</pre>
 */
public final class Trainer {
    /** All that training is. */
    public static final String STATE = "training.safetensors";

    /** The same of the checkpoint before. */
    public static final String PREVIOUS = "training-previous.safetensors";

    /** The last weights. */
    public static final String LAST = "last.safetensors";

    /** The best weights. */
    public static final String BEST = "best.safetensors";

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private static final String STEP = "training.step";
    private static final String SEED = "training.seed";
    private static final String BEST_VALUE = "training.best";
    private static final String UNJUDGED = "training.unjudged";
    private static final String JUDGE = "training.judge";

    private final Path folder;
    private final RunFiles files;
    private final MdetrModel model;
    private final Optimizer optimizer;
    private final TrainingStep step;
    private final ExampleSource source;
    private final BatchMaker maker;
    private final TrainerOptions options;
    private final TrainingObserver observer;
    private final long seed;
    private final Map<String, String> kept;
    private final String judge;
    private long next;

    /** The step of the folder's checkpoint; negative where it is not this training's. */
    private long saved = -1;

    /** Whether these weights were due to be judged, and were not. */
    private boolean unjudged;

    /** Steps since the last one that changed anything: the weights may be what is wrong. */
    private int skipped;

    private double best = Double.NEGATIVE_INFINITY;
    private volatile boolean stopped;

    private Trainer(Builder b) {
        folder = b.folder;
        model = required(b.model, "model");
        optimizer = required(b.optimizer, "optimizer");
        source = required(b.source, "batches");
        maker = required(b.maker, "batches");
        options = required(b.options, "options");
        observer = b.observer;
        seed = b.seed;
        files = new RunFiles(folder, model, optimizer, new LinkedHashMap<>(b.arguments));
        kept = new LinkedHashMap<>(b.kept);
        judge = b.judge;
        step = new TrainingStep(model, b.criterion, optimizer, seed, b.dropout);
    }

    private static <T> T required(@Nullable T part, String name) {
        if (part == null) {
            throw new IllegalStateException("trainer: has no " + name + "; call " + name + "(…) before build()");
        }
        return part;
    }

    /** Begins a training in {@code folder}, which must exist. */
    public static Builder in(Path folder) {
        return new Builder(folder);
    }

    /**
     * Takes over where the folder's checkpoint is, or the one before where it is damaged, which is logged; gives the number of
     * steps taken before.
     *
     * @throws IOException when there is no whole checkpoint
     * @throws IllegalStateException when it is of another model, optimizer or seed
     */
    public long resume() throws IOException {
        ResumePoint point = ResumePoint.find(folder, true)
                .orElseThrow(() -> new NoSuchFileException(
                        folder.resolve(STATE).toString(), null, "is not there; there is nothing to resume from"));
        point.notes(0).forEach(LOG::warn);
        return resume(point);
    }

    /**
     * Takes over at a point of this folder. A damaged checkpoint is set aside as {@code training-damaged.safetensors}, damaged
     * best weights as {@code best-damaged.safetensors}; damaged last weights are written anew.
     *
     * @throws IllegalStateException when it is of another model, optimizer or seed
     */
    public long resume(ResumePoint point) throws IOException {
        files.removeLeftovers();
        Map<String, String> notes = RunCheckpoint.restore(point.file(), model, optimizer, point.isVerified());
        String was = notes.get(SEED);
        if (!Long.toString(seed).equals(was)) {
            throw new IllegalStateException(
                    point.file() + ": was trained with seed " + was + ", not " + seed + "; give that seed");
        }
        next = stepsTaken(notes);
        saved = next;
        unjudged = notes.containsKey(UNJUDGED);
        if (judge.equals(notes.getOrDefault(JUDGE, judge))) {
            best = Double.parseDouble(notes.getOrDefault(BEST_VALUE, "-Infinity"));
        } else {
            unjudged = true; // by this one, whatever another found
        }
        repair(point);
        return next;
    }

    private void repair(ResumePoint point) throws IOException {
        if (!point.isLast()) {
            files.fallBack();
        }
        if (!point.hasBest()) {
            files.setAside(BEST);
        }
        if (best > Double.NEGATIVE_INFINITY && !Files.exists(folder.resolve(BEST))) {
            best = Double.NEGATIVE_INFINITY;
            unjudged = true;
        }
        if (!point.hasLast()) {
            files.saveWeights(LAST);
        }
    }

    /** The number of steps that the folder's checkpoint has taken, such as a log needs to go on; 0 where there is none. */
    public static long stepsTaken(Path folder) throws IOException {
        Path state = folder.resolve(STATE);
        if (!Files.exists(state)) {
            state = folder.resolve(PREVIOUS);
        }
        if (!Files.exists(state)) {
            return 0;
        }
        try (Checkpoint checkpoint = Checkpoint.open(state)) {
            return stepsTaken(checkpoint.model().metadata());
        }
    }

    static long stepsTaken(Map<String, String> notes) {
        return Long.parseLong(notes.getOrDefault(STEP, "0"));
    }

    /** Asks for the end after the step under way; from any thread. */
    public void stop() {
        stopped = true;
    }

    /**
     * Trains to the last step, or until stopped. When a batch cannot be read or weights not be judged the steps until then are
     * saved first.
     *
     * @return whether it came to the last step
     * @throws IOException when a batch cannot be read or a checkpoint not be written; the last one is whole
     * @throws IllegalStateException when the folder holds another training and {@link #resume} was not called
     * @throws NonFiniteLossException as {@link TrainerOptions#nonFinite} asks for, and where it ends with weights that have
     *     diverged, which are not saved
     */
    public boolean run() throws IOException {
        begin();
        int passes = options.passes();
        try (BatchLoader loader =
                new BatchLoader(source, maker, next * passes, options.loaderThreads(), options.ahead())) {
            boolean due = false;
            while (next < options.steps() && !stopped) {
                List<PreparedBatch> batches = savingFirst(() -> take(loader, passes));
                List<String> ids =
                        batches.stream().flatMap(b -> b.ids().stream()).toList();
                StepReport report = step.run(next, batches);
                next++;
                boolean last = next >= options.steps();
                if (report.applied()) {
                    skipped = 0;
                } else {
                    notFinite(report, ids);
                }
                observer.step(report, ids, loader.waitedSeconds());
                unjudged |= last || (options.evaluateEvery() > 0 && next % options.evaluateEvery() == 0);
                due |= unjudged || next % options.checkpointEvery() == 0;
                if (due && skipped == 0) {
                    save(); // before they are judged, which may take longer than who asked for the end will wait
                    due = false;
                    if (unjudged && (last || !stopped)) {
                        evaluate();
                    }
                }
            }
            if (skipped > 0) {
                requireSound(loader);
            }
        }
        if (saved != next) {
            save();
            if (unjudged && next >= options.steps()) {
                evaluate();
            }
        }
        return next >= options.steps();
    }

    private void begin() throws IOException {
        if (saved < 0 && stepsTaken(folder) > 0) {
            throw new IllegalStateException(folder + ": holds a training of " + stepsTaken(folder)
                    + " steps, which would be lost; resume() it, or train in another folder");
        }
        if (unjudged || (next == 0 && next < options.steps())) {
            save(); // a disk without room tells now, and there is something to resume from whatever comes
        }
        if (unjudged) {
            evaluate();
        }
    }

    private static List<PreparedBatch> take(BatchLoader loader, int passes) throws IOException {
        List<PreparedBatch> batches = new ArrayList<>();
        for (int i = 0; i < passes; i++) {
            batches.add(loader.take());
        }
        return batches;
    }

    private void notFinite(StepReport report, List<String> ids) {
        skipped++;
        if (options.nonFinite() == TrainerOptions.NonFinite.STOP || skipped == TrainerOptions.MOST_SKIPPED) {
            throw skipped == 1
                    ? NonFiniteLossException.on(report, ids)
                    : NonFiniteLossException.diverged(next - skipped);
        }
        LOG.warn("{}; nothing was changed by it", NonFiniteLossException.what(report, ids));
    }

    /**
     * Where a training ends while it skips: weights with a finite loss and gradient on one of the next batches have not
     * diverged.
     *
     * @throws NonFiniteLossException when none has
     */
    private void requireSound(BatchLoader loader) {
        for (int tried = skipped; tried < TrainerOptions.MOST_SKIPPED; tried++) {
            try {
                if (step.isSound(next + tried, loader.take())) {
                    skipped = 0;
                    return;
                }
            } catch (IOException | IllegalArgumentException e) { // a batch that the training never comes to
                LOG.debug("a batch behind the last cannot be read", e);
            }
        }
        throw NonFiniteLossException.diverged(next - skipped);
    }

    /** What may fail between two steps. */
    private interface Work<T> {
        T run() throws IOException;
    }

    /** Where it fails the steps since the checkpoint are not lost. */
    private <T> T savingFirst(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // the last: of a picture that is too large
            try {
                if (saved != next && skipped == 0) {
                    save();
                }
            } catch (IOException | RuntimeException another) {
                e.addSuppressed(another);
            }
            throw e;
        }
    }

    /** Of the weights just saved. */
    private void evaluate() throws IOException {
        double value = observer.evaluate(folder.resolve(LAST), next);
        if (value > best) {
            files.saveWeights(BEST);
            best = value;
        }
        unjudged = false;
        save();
    }

    private void save() throws IOException {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(STEP, Long.toString(next));
        notes.put(SEED, Long.toString(seed));
        notes.put(BEST_VALUE, Double.toString(best));
        notes.put(JUDGE, judge);
        if (unjudged) {
            notes.put(UNJUDGED, "true");
        }
        kept.forEach((name, text) -> notes.put(ResumePoint.key(name), text));
        files.save(notes);
        saved = next;
    }

    /** What to train, and how. */
    public static final class Builder {
        private final Path folder;
        private final Map<String, Object> arguments = new LinkedHashMap<>();
        private final Map<String, String> kept = new LinkedHashMap<>();
        private @Nullable MdetrModel model;
        private @Nullable Optimizer optimizer;
        private @Nullable ExampleSource source;
        private @Nullable BatchMaker maker;
        private @Nullable TrainerOptions options;
        private TrainingObserver observer = new TrainingObserver() {};
        private Criterion criterion = Criterion.published();
        private boolean dropout = true;
        private long seed = 1;
        private String judge = "";

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** What learns, made for training; stays the caller's to close. */
        public Builder model(MdetrModel value) {
            model = value;
            return this;
        }

        /** What changes its weights; stays the caller's to close. */
        public Builder optimizer(Optimizer value) {
            optimizer = value;
            return this;
        }

        /** What it learns from, and what makes tokens and targets of it. */
        public Builder batches(ExampleSource examples, BatchMaker by) {
            source = examples;
            maker = by;
            return this;
        }

        /** How long, and when to look up from it. */
        public Builder options(TrainerOptions value) {
            options = value;
            return this;
        }

        /** The losses; the published ones where it is not said. */
        public Builder criterion(Criterion value) {
            criterion = value;
            return this;
        }

        /** Whether the model's dropout is on, as it is where it is not said. */
        public Builder dropout(boolean value) {
            dropout = value;
            return this;
        }

        /** What dropout is drawn from, 1 where it is not said; a resumed training must have the same. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** What watches: logs, evaluations. */
        public Builder observer(TrainingObserver value) {
            observer = value;
            return this;
        }

        /**
         * What the observer judges by, such as the hash of a file: a training that resumes with another judges its weights
         * anew, and forgets how good its best ones were. Nothing where it is not said.
         */
        public Builder judgedBy(String name) {
            judge = name;
            return this;
        }

        /** Has its weights' files state one more argument, such as the size of images that the model is trained for. */
        public Builder argument(String name, Object value) {
            arguments.put(name, value);
            return this;
        }

        /** Has its checkpoints keep a text, such as the configuration of the program that trains: {@link ResumePoint#kept}. */
        public Builder keep(String name, String text) {
            kept.put(name, text);
            return this;
        }

        /**
         * The training, nothing of it begun.
         *
         * @throws IllegalStateException without a model, an optimizer, batches or options
         */
        public Trainer build() {
            return new Trainer(this);
        }
    }
}
