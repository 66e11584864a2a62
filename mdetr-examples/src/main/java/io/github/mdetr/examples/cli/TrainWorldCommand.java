package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Schedule;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.examples.synthetic.ExpressionBenchmark;
import io.github.mdetr.examples.synthetic.SmallModel;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldExamples;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.StepReport;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.TrainerOptions;
import io.github.mdetr.nn.training.TrainingObserver;
import io.github.mdetr.nn.training.TrainingStep;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains the small model on the synthetic world. */
@Command(
        name = "train-world",
        description = "Trains the small model from nothing on the synthetic world, in a folder of its own.")
final class TrainWorldCommand implements Callable<Integer> {
    private static final int SIGTERM = 143;
    private static final int WARMUP = 500;

    @Parameters(paramLabel = "DIR", description = "The run's folder; it must not exist, but for --resume.")
    private Path folder = Path.of("");

    @Option(names = "--resume", description = "Go on where the folder's last checkpoint is.")
    private boolean resume;

    @Option(names = "--steps", paramLabel = "N", description = "Steps in all; ${DEFAULT-VALUE} by default.")
    private long steps = 60_000;

    @Option(names = "--decay", paramLabel = "N", description = "The last steps, over which the rate falls to 0.")
    private long decay = 15_000;

    @Option(names = "--scenes", paramLabel = "N", description = "Scenes of a step; ${DEFAULT-VALUE} by default.")
    private int scenes = 16;

    @Option(names = "--rate", paramLabel = "R", description = "Learning rate; ${DEFAULT-VALUE} by default.")
    private double rate = 5e-4;

    @Option(names = "--seed", paramLabel = "S", description = "Of weights and scenes; ${DEFAULT-VALUE} by default.")
    private long seed = 1;

    @Option(names = "--curriculum", paramLabel = "N", description = "Steps over which expressions replace captions.")
    private long curriculum = 20_000;

    @Option(
            names = "--overfit",
            paramLabel = "N",
            description = "Learn only the first so many steps' batches again and again.")
    private long overfit = Long.MAX_VALUE;

    @Option(names = "--evaluate-every", paramLabel = "N", description = "Steps between evaluations.")
    private int evaluateEvery = 2000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (resume != Files.exists(folder.resolve(Trainer.STATE))) {
            throw new IllegalArgumentException(folder + ": "
                    + (resume
                            ? "holds no training to resume"
                            : "holds a training already; give another folder, or --resume"));
        }
        Files.createDirectories(folder);
        World world = new World(seed, SceneOptions.SMALL);
        Path vocabulary = folder.resolve("vocabulary");
        if (!Files.exists(vocabulary.resolve("vocab.json"))) {
            SmallModel.vocabulary(world).save(vocabulary);
        }
        RobertaTokenizer tokenizer = RobertaTokenizer.load(vocabulary);
        try (MdetrModel model = SmallModel.fresh(tokenizer.vocabSize(), seed);
                AdamW optimizer = AdamW.of(model.parameters().all())
                        .rate(rate)
                        .weightDecay(1e-4)
                        .clipNorm(1)
                        .schedule(Schedule.warmupStableDecay(Math.min(WARMUP, steps / 2), decay, steps))
                        .build()) {
            BatchMaker maker =
                    new BatchMaker(tokenizer, model.config().textEncoder().maxTokens());
            TrainingStep step = new TrainingStep(model, Criterion.published(), optimizer, seed, false);
            WorldExamples examples = new WorldExamples(world, seed, scenes, curriculum);
            TrainerOptions options = new TrainerOptions(steps, 500, evaluateEvery, 1, 3, TrainerOptions.NonFinite.STOP);
            Trainer trainer = new Trainer(
                    folder,
                    model,
                    optimizer,
                    step,
                    s -> examples.examples(s % overfit),
                    maker,
                    options,
                    new Log(maker),
                    seed);
            if (resume) {
                spec.commandLine().getOut().println("resumed at step " + trainer.resume());
            }
            Thread main = Thread.currentThread();
            Thread hook = new Thread(() -> {
                trainer.stop();
                try {
                    main.join(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Runtime.getRuntime().addShutdownHook(hook);
            boolean finished = trainer.run();
            return finished ? 0 : SIGTERM;
        }
    }

    private final class Log implements TrainingObserver {
        private final BatchMaker maker;
        private final ExpressionBenchmark benchmark =
                ExpressionBenchmark.of(new World(seed + 1_000_003, SceneOptions.SMALL), 500);
        private final long start = System.nanoTime();
        private double loss = Double.NaN;

        Log(BatchMaker maker) {
            this.maker = maker;
        }

        @Override
        public void step(StepReport r, List<String> ids, double waited) throws IOException {
            loss = Double.isNaN(loss) ? r.loss() : 0.98 * loss + 0.02 * r.loss();
            if (r.step() % 50 == 0) {
                append(JsonLine.write(false, json -> {
                    json.writeNumberField("step", r.step());
                    json.writeNumberField("loss", r.loss());
                    json.writeNumberField("mean_loss", loss);
                    json.writeNumberField("norm", r.gradientNorm());
                    json.writeNumberField("seconds", r.seconds());
                    json.writeNumberField("waited", waited);
                    json.writeNumberField("elapsed", (System.nanoTime() - start) / 1e9);
                    for (LossTerm t : r.terms()) {
                        json.writeNumberField(t.name(), t.value());
                    }
                }));
                print(String.format(
                        Locale.ROOT,
                        "step %d loss %.3f norm %.1f %.3f s waited %.1f s",
                        r.step(),
                        loss,
                        r.gradientNorm(),
                        r.seconds(),
                        waited));
            }
        }

        private void append(String line) throws IOException {
            Files.writeString(
                    folder.resolve("log.jsonl"),
                    line + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }

        private void print(String line) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(line);
            out.flush();
        }

        @Override
        public double evaluate(Path weights, long step) throws IOException {
            try (Checkpoint checkpoint = Checkpoint.open(weights);
                    MdetrModel judged = ModelLoader.load(checkpoint, Checkpoint.MODEL, Map.of(), Mode.INFERENCE)) {
                Map<CaptionKind, ExpressionBenchmark.Score> scores = benchmark.score(judged, maker);
                double share = ExpressionBenchmark.total(scores).share();
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "step %d P@1 %.3f", step, share));
                scores.forEach(
                        (kind, s) -> line.append(String.format(Locale.ROOT, " %s %.3f", kind.label(), s.share())));
                print(line.toString());
                append(JsonLine.write(false, json -> {
                    json.writeNumberField("step", step);
                    json.writeNumberField("p_at_1", share);
                    for (Map.Entry<CaptionKind, ExpressionBenchmark.Score> e : scores.entrySet()) {
                        json.writeNumberField(
                                "p_at_1." + e.getKey().label(), e.getValue().share());
                    }
                }));
                return share;
            }
        }
    }
}
