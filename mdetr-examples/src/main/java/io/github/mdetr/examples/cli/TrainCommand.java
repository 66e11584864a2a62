package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.CheckpointFormatException;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.examples.visualization.TrainingPlots;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.ResumePoint;
import io.github.mdetr.nn.training.SignalStop;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.TrainerOptions;
import io.github.mdetr.nn.training.log.JsonLinesLog;
import io.github.mdetr.nn.training.log.LoggingObserver;
import io.github.mdetr.nn.training.log.TensorBoardLog;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model in a folder of its own. */
@Command(
        name = "train",
        description = {
            "Trains a model on annotated images, or on the synthetic world, in a folder of its own: checkpoints, the best"
                    + " weights, log and configuration.",
            "A run that is interrupted goes on with --resume as if it had not been.",
        },
        exitCodeList = {
            "0:the training came to its end",
            "2:the input is wrong, or this machine cannot do it: one line on standard error says what",
            "143:it was asked to end (SIGTERM) and saved, but for weights that have diverged; 130 for Ctrl-C",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr train --data train.json --images photos --weights mdetr.safetensors --run run1",
            "  mdetr train --config fine-tuning.json --rate 5e-5 --run run2",
            "  mdetr train --world --run world",
            "  mdetr train --run world --resume",
        })
final class TrainCommand implements Callable<Integer> {
    private static final int SIGTERM = 143;
    private static final int AHEAD = 3;

    /** Under this name a checkpoint keeps the hash of the vocabulary. */
    private static final String KEPT_VOCABULARY = "vocabulary_sha256";

    @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run's folder, a new one.")
    private Path folder = Path.of("");

    @Option(names = "--resume", description = "Go on where the run's last checkpoint is, with its configuration.")
    private boolean resume;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Options as a JSON object, such as {\"epochs\": 3}; those given here win.")
    private @Nullable Path config;

    @Option(
            names = "--no-verify",
            description = "Read weights and checkpoints without comparing them with their checksums.")
    private boolean noVerify;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Notes notes = new Notes(spec);

    @Override
    public Integer call() throws IOException {
        notes = new Notes(spec);
        RunFolder.check(folder, resume);
        if (!resume) {
            return run(null, null);
        }
        try (RunFolder run = RunFolder.open(folder, true)) {
            return run(run, run.found() == RunFolder.Found.BEGINNING ? null : point());
        }
    }

    /** Where it goes on. */
    private ResumePoint point() throws IOException {
        ResumePoint point;
        try {
            point = ResumePoint.find(folder, !noVerify).orElseThrow();
        } catch (CheckpointFormatException e) {
            throw new IllegalArgumentException(
                    folder.resolve(Trainer.STATE) + ": is damaged, and cannot be resumed from; begin another run with"
                            + " --weights " + folder.resolve(Trainer.LAST) + ", which may be whole (" + e.where()
                            + ": expected " + e.expected() + ", got " + e.got() + ")",
                    e);
        }
        point.notes(JsonLinesLog.lastStep(folder.resolve(RunFolder.LOG))).forEach(notes::note);
        return point;
    }

    /**
     * Trains.
     *
     * @param mine the folder where it is opened already
     * @param point where it goes on; null where it begins
     */
    private int run(@Nullable RunFolder mine, @Nullable ResumePoint point) throws IOException {
        new RunConfiguration(spec, folder, options).apply(resume, config, point);
        String given = TrainConfigFile.text(options);
        SkippedFile skipped = SkippedFile.of(folder, point != null);
        TrainPlan plan = TrainPlan.of(options, skipped);
        List<String> hashes = hashes(plan);
        if (point != null) {
            checkRecord(hashes);
            if (plan.steps() < point.step()) {
                throw new IllegalArgumentException("--steps, --epochs: come to " + plan.steps()
                        + " steps, the run has taken " + point.step() + "; give more");
            }
        }
        plan.notes().forEach(n -> notes.note(n + "; mdetr check-data lists them"));
        long leftOut = plan.leftOut();
        if (leftOut > 0) {
            notes.note(Quantity.of(
                            leftOut,
                            "annotation is left out, a crowd or a box",
                            "annotations are left out, crowds and boxes")
                    + " of which nothing lies in the image; mdetr check-data lists them");
        }
        RobertaTokenizer tokenizer = point == null ? plan.tokenizer() : tokenizer(plan, point);
        try (MdetrModel model = plan.model(tokenizer.vocabSize(), point == null ? null : weights(point), !noVerify);
                Optimizer optimizer = plan.optimizer(model)) {
            BatchMaker maker = new BatchMaker(
                    tokenizer, model.config().textEncoder().maxTokens(), plan.maps(), plan.padToMultipleOf());
            plan.requireTrainable(tokenizer, model.config().textEncoder().maxTokens());
            LoggingObserver.Evaluator judge = TrainJudges.of(
                    options,
                    plan.criterion(),
                    maker,
                    tokenizer,
                    model.config().textEncoder().maxTokens(),
                    skipped);
            TrainerOptions how = new TrainerOptions(
                    plan.steps(),
                    options.checkpointEvery,
                    plan.evaluateEvery(),
                    options.loaders,
                    AHEAD,
                    options.nonFinite,
                    options.passes);
            String arithmetic = Arithmetic.of(model.device());
            try (RunFolder run = mine == null ? RunFolder.open(folder, false) : mine) {
                if (point == null) {
                    begin(run, given, tokenizer, hashes, arithmetic);
                } else {
                    tellOtherArithmetic(arithmetic);
                    RunFolder.write(folder.resolve(RunFolder.CONFIG), given);
                }
                try (LoggingObserver log = log(optimizer, judge, plan.steps(), point)) {
                    Trainer.Builder training = Trainer.in(folder)
                            .model(model)
                            .optimizer(optimizer)
                            .batches(plan.source(), maker)
                            .criterion(plan.criterion())
                            .options(how)
                            .dropout(plan.dropout())
                            .seed(options.seed)
                            .observer(log)
                            .judgedBy(TrainJudges.name(options))
                            .keep(RunConfiguration.KEPT, given)
                            .keep(KEPT_VOCABULARY, vocabularyHash());
                    plan.weightArguments().forEach(training::argument);
                    int code = train(training.build(), log, point);
                    if (skipped.count() > 0) {
                        notes.note(Quantity.of(skipped.count(), "image was", "images were") + " skipped; "
                                + folder.resolve(SkippedFile.NAME) + " says why");
                    }
                    return code;
                }
            }
        }
    }

    private void begin(RunFolder run, String given, RobertaTokenizer tokenizer, List<String> hashes, String arithmetic)
            throws IOException {
        if (run.found() == RunFolder.Found.BEGINNING) {
            notes.note(folder + ": a run ended here before its first checkpoint; it begins anew"
                    + (resume ? ", with its configuration" : ""));
            run.clear();
        }
        RunFolder.write(folder.resolve(RunFolder.CONFIG), given); // first: --resume needs nothing else
        tokenizer.save(folder.resolve(RunFolder.VOCABULARY));
        RunRecord.write(folder, options, hashes, arithmetic);
    }

    /** The weights that state the model's configuration: the run's, or null, those that it began with, where these are damaged. */
    private @Nullable Path weights(ResumePoint point) {
        Path best = folder.resolve(Trainer.BEST);
        if (point.hasLast()) {
            return folder.resolve(Trainer.LAST);
        }
        return point.hasBest() && Files.exists(best) ? best : null;
    }

    /** The run's vocabulary; where it is damaged that which it was made of. */
    private RobertaTokenizer tokenizer(TrainPlan plan, ResumePoint point) throws IOException {
        Path words = folder.resolve(RunFolder.VOCABULARY);
        String wanted = point.kept().get(KEPT_VOCABULARY);
        String problem;
        try {
            if (wanted == null || wanted.equals(vocabularyHash())) {
                return RobertaTokenizer.load(words);
            }
            problem = "is not what the run began with";
        } catch (TokenizerException | IOException e) {
            problem = ErrorReport.describe(e).replace(words + ": ", "");
        }
        RobertaTokenizer again;
        try {
            again = plan.tokenizer();
            again.save(words);
        } catch (TokenizerException | IllegalArgumentException e) {
            throw new IllegalArgumentException(words + ": " + problem + "; put it back", e);
        }
        if (wanted != null && !wanted.equals(vocabularyHash())) {
            throw new IllegalArgumentException(words + ": " + problem + "; put it back");
        }
        notes.note(words + ": " + problem + "; it is made anew of the vocabulary that the run began with");
        return again;
    }

    /** SHA-256 of its files, one after the other. */
    private String vocabularyHash() throws IOException {
        Path words = folder.resolve(RunFolder.VOCABULARY);
        return RunFolder.hash(words.resolve("vocab.json")) + " " + RunFolder.hash(words.resolve("merges.txt"));
    }

    /** Whether the run sees what it saw; where its record is damaged, it goes on unchecked. */
    private void checkRecord(List<String> hashes) {
        try {
            RunRecord.check(folder, options, hashes);
        } catch (IOException e) {
            notes.note(folder.resolve(RunRecord.FILE) + ": is damaged (" + ErrorReport.describe(e)
                    + "); whether the data are those that the run began with is not checked");
        }
    }

    private int train(Trainer trainer, LoggingObserver log, @Nullable ResumePoint point) throws IOException {
        if (point != null) {
            spec.commandLine().getOut().println("resumed at step " + trainer.resume(point));
        }
        try (SignalStop stop = new SignalStop(trainer)) { // a process that is asked to end writes and draws them too
            boolean done;
            try (Closeable logged = log::flush) {
                done = trainer.run();
            } finally {
                plot();
            }
            if (done) {
                Path best = folder.resolve(Trainer.BEST);
                spec.commandLine()
                        .getOut()
                        .println("done: " + folder.resolve(Trainer.LAST) + (Files.exists(best) ? ", " + best : "")
                                + " with the vocabulary in " + folder.resolve(RunFolder.VOCABULARY));
            } else {
                spec.commandLine()
                        .getOut()
                        .println("stopped at step " + Trainer.stepsTaken(folder) + " and saved; mdetr train --run "
                                + folder + " --resume goes on");
            }
            return done ? 0 : SIGTERM;
        }
    }

    /** Where they cannot be drawn the training is not less good, and what else went wrong is still said. */
    private void plot() {
        try {
            TrainingPlots.write(JsonLinesLog.read(folder.resolve(RunFolder.LOG)), folder.resolve(RunFolder.PLOTS));
        } catch (IOException e) {
            notes.note(folder.resolve(RunFolder.PLOTS) + ": not drawn: " + ErrorReport.describe(e));
        }
    }

    /** Into the run's folder, and a line on standard error. */
    private LoggingObserver log(
            Optimizer optimizer, LoggingObserver.@Nullable Evaluator judge, long steps, @Nullable ResumePoint point)
            throws IOException {
        long taken = point == null ? 0 : point.step();
        Path file = folder.resolve(RunFolder.LOG);
        if (point != null) {
            List<String> problems = JsonLinesLog.repair(file);
            if (!problems.isEmpty()) {
                notes.note(problems.get(0).replaceFirst(";.*", "") + "; " + problems.size()
                        + (problems.size() == 1 ? " such line is" : " such lines are")
                        + " left out, the file as it was is kept next to it");
            }
        }
        LoggingObserver.Builder log = LoggingObserver.of(taken, steps)
                .sink(point == null ? JsonLinesLog.create(file) : JsonLinesLog.resume(file, taken))
                .sink(point == null ? TensorBoardLog.create(folder) : TensorBoardLog.resume(folder, taken))
                .every(options.logEvery)
                .rates(optimizer)
                .progress(spec.commandLine().getErr(), Boolean.getBoolean(Progress.TERMINAL), ResidentMemory::bytes);
        return (judge == null ? log : log.evaluator(judge)).build();
    }

    /** SHA-256 of each annotation file, or of a sample of the world. */
    private List<String> hashes(TrainPlan plan) throws IOException {
        if (options.world) {
            return List.of(plan.worldHash());
        }
        List<String> hashes = new ArrayList<>();
        for (Path file : options.data) {
            hashes.add(RunFolder.hash(file));
        }
        return hashes;
    }

    /** It goes on, but not to the bit as it would have. */
    private void tellOtherArithmetic(String arithmetic) {
        String was;
        try {
            was = RunRecord.arithmetic(folder);
        } catch (IOException e) { // which was said already
            return;
        }
        if (was != null && !was.equals(arithmetic)) {
            notes.note("the run began with " + was + ", and goes on with " + arithmetic
                    + ": what it computes is rounded otherwise from here on");
        }
    }
}
