package io.github.mdetr.examples.cli;

import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.examples.visualization.TrainingPlots;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.SignalStop;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.TrainerOptions;
import io.github.mdetr.nn.training.log.JsonLinesLog;
import io.github.mdetr.nn.training.log.LoggingObserver;
import io.github.mdetr.nn.training.log.TensorBoardLog;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

    /** What does not change what the steps before were. */
    private static final Set<String> FREE = Set.of(
            "--steps",
            "--decay",
            "--epochs",
            "--evaluate-every",
            "--checkpoint-every",
            "--log-every",
            "--loaders",
            "--non-finite",
            "--val",
            "--val-images");

    @Option(names = "--run", paramLabel = "DIR", required = true, description = "The run's folder, a new one.")
    private Path folder = Path.of("");

    @Option(names = "--resume", description = "Go on where the run's last checkpoint is, with its configuration.")
    private boolean resume;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Options as a JSON object, such as {\"epochs\": 3}; those given here win.")
    private @Nullable Path config;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        RunFolder.check(folder, resume);
        configure();
        String given = TrainConfigFile.text(options);
        TrainPlan plan = TrainPlan.of(options);
        List<String> hashes = hashes(plan);
        if (resume) {
            RunRecord.check(folder, options, hashes);
            long taken = Trainer.stepsTaken(folder);
            if (plan.steps() < taken) {
                throw new IllegalArgumentException("--steps, --epochs: come to " + plan.steps()
                        + " steps, the run has taken " + taken + "; give more");
            }
        }
        plan.notes().forEach(n -> tell("note: " + n + "; mdetr check-data lists them"));
        long leftOut = plan.leftOut();
        if (leftOut > 0) {
            tell("note: " + leftOut + " annotations are left out, crowds and boxes of which nothing lies in the image;"
                    + " mdetr check-data lists them");
        }
        RobertaTokenizer tokenizer =
                resume ? RobertaTokenizer.load(folder.resolve(RunFolder.VOCABULARY)) : plan.tokenizer();
        try (MdetrModel model = plan.model(tokenizer.vocabSize(), resume ? folder.resolve(Trainer.LAST) : null);
                Optimizer optimizer = plan.optimizer(model)) {
            BatchMaker maker = new BatchMaker(
                    tokenizer, model.config().textEncoder().maxTokens(), plan.maps(), plan.padToMultipleOf());
            plan.requireTrainable(tokenizer, model.config().textEncoder().maxTokens());
            LoggingObserver.Evaluator judge = TrainJudges.of(
                    options,
                    plan.criterion(),
                    maker,
                    tokenizer,
                    model.config().textEncoder().maxTokens());
            TrainerOptions how = new TrainerOptions(
                    plan.steps(),
                    options.checkpointEvery,
                    plan.evaluateEvery(),
                    options.loaders,
                    AHEAD,
                    options.nonFinite,
                    options.passes);
            String arithmetic = Arithmetic.of(model.device());
            try (RunFolder run = RunFolder.open(folder, resume)) {
                if (resume) {
                    tellOtherArithmetic(arithmetic);
                } else {
                    tokenizer.vocabulary().save(folder.resolve(RunFolder.VOCABULARY));
                    RunRecord.write(folder, options, hashes, arithmetic);
                }
                RunFolder.write(folder.resolve(RunFolder.CONFIG), given);
                try (LoggingObserver log = log(optimizer, judge, plan.steps())) {
                    Trainer.Builder training = Trainer.in(folder)
                            .model(model)
                            .optimizer(optimizer)
                            .batches(plan.source(), maker)
                            .criterion(plan.criterion())
                            .options(how)
                            .dropout(plan.dropout())
                            .seed(options.seed)
                            .observer(log)
                            .judgedBy(TrainJudges.name(options));
                    plan.weightArguments().forEach(training::argument);
                    return train(training.build(), log);
                }
            }
        }
    }

    private int train(Trainer trainer, LoggingObserver log) throws IOException {
        if (resume) {
            spec.commandLine().getOut().println("resumed at step " + trainer.resume());
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

    /** Where they cannot be drawn the training is not less good, and what else went wrong is told. */
    private void plot() {
        try {
            TrainingPlots.write(JsonLinesLog.read(folder.resolve(RunFolder.LOG)), folder.resolve(RunFolder.PLOTS));
        } catch (IOException e) {
            tell(folder.resolve(RunFolder.PLOTS) + ": not drawn: " + ErrorReport.describe(e));
        }
    }

    /** Into the run's folder, and a line on standard error. */
    private LoggingObserver log(Optimizer optimizer, LoggingObserver.@Nullable Evaluator judge, long steps)
            throws IOException {
        long taken = resume ? Trainer.stepsTaken(folder) : 0;
        Path file = folder.resolve(RunFolder.LOG);
        LoggingObserver.Builder log = LoggingObserver.of(taken, steps)
                .sink(resume ? JsonLinesLog.resume(file, taken) : JsonLinesLog.create(file))
                .sink(resume ? TensorBoardLog.resume(folder, taken) : TensorBoardLog.create(folder))
                .every(options.logEvery)
                .rates(optimizer)
                .progress(spec.commandLine().getErr(), Boolean.getBoolean(Progress.TERMINAL), ResidentMemory::bytes);
        return (judge == null ? log : log.evaluator(judge)).build();
    }

    /** The options of the run where it goes on, else those of a file; the command line over them. */
    private void configure() throws IOException {
        CommandLine command = spec.commandLine();
        Path saved = folder.resolve(RunFolder.CONFIG);
        if (resume && config != null) {
            throw new IllegalArgumentException("--config: a run goes on with its own configuration, " + saved);
        }
        if (resume) {
            if (!Files.exists(saved)) {
                throw new IllegalArgumentException(
                        saved
                                + ": is missing; a run goes on with what it was started with: put it back, or start another run");
            }
            Set<String> fixed = new TreeSet<>(TrainConfigFile.given(command));
            fixed.removeAll(FREE);
            if (!fixed.isEmpty()) {
                throw new IllegalArgumentException(fixed.iterator().next()
                        + ": a run goes on with what it was started with; start another run to change it");
            }
            TrainConfigFile.apply(saved, command);
        } else if (config != null) {
            TrainConfigFile.apply(config, command);
        }
        // Of these one follows from the other; the one that was given here is it.
        Set<String> here = TrainConfigFile.given(command);
        if (here.contains("--epochs") && !here.contains("--steps")) {
            options.steps = null;
        } else if (here.contains("--steps") && !here.contains("--epochs")) {
            options.epochs = null;
        }
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
    private void tellOtherArithmetic(String arithmetic) throws IOException {
        String was = RunRecord.arithmetic(folder);
        if (was != null && !was.equals(arithmetic)) {
            tell("note: the run began with " + was + ", and goes on with " + arithmetic
                    + ": what it computes is rounded otherwise from here on");
        }
    }

    /** A line beside the progress, which ends nothing. */
    private void tell(String line) {
        spec.commandLine().getErr().println(ErrorReport.oneLine(line));
    }
}
