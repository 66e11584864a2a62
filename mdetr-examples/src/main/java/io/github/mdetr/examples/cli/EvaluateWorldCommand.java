package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.synthetic.AbsenceBenchmark;
import io.github.mdetr.examples.synthetic.ExpressionBenchmark;
import io.github.mdetr.examples.synthetic.ExpressionTable;
import io.github.mdetr.examples.synthetic.Score;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.training.BatchMaker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a model on referring expressions of the synthetic world. */
@Command(
        name = "evaluate-world",
        description = {
            "Asks a model for referring expressions about scenes of the synthetic world, and prints how often its first box"
                    + " is the object's (IoU of 0.5 or more), with 95 %% intervals (Wilson), for each kind of expression, as a"
                    + " Markdown table.",
            "Beside it: the same model given another scene's expressions, a random object's box, and the largest object's.",
            "Then how often it is silent (no box with a score of one half) about attributes that no object has together.",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  mdetr evaluate-world run/best.safetensors --vocab run/vocabulary"})
final class EvaluateWorldCommand implements Callable<Integer> {
    private static final int MOST = 10_000; // their pictures are held in memory

    /** Neither the scenes of train --world nor those that it watches itself by are of this seed. */
    private static final String HELD_OUT = "777000777";

    @Parameters(paramLabel = "WEIGHTS", description = "The checkpoint: safetensors, or a .pth of PyTorch.")
    private Path weights = Path.of("");

    @Option(
            names = {"--vocab", "--vocabulary"},
            paramLabel = "DIR",
            description =
                    "Folder with vocab.json and merges.txt, or with tokenizer.json; by default that of the weights.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--expressions",
            paramLabel = "N",
            defaultValue = "2000",
            description = "How many expressions, of all kinds together. Default: ${DEFAULT-VALUE}.")
    private int expressions;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = HELD_OUT,
            description = "Which world; not the one that was trained on. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (expressions < 1 || expressions > MOST) {
            throw new IllegalArgumentException(
                    "--expressions: expected a number from 1 to " + MOST + ", got " + expressions);
        }
        LoadOptions.Builder load = model.loading();
        if (vocabulary != null) {
            load.vocabulary(vocabulary);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Mdetr mdetr = Mdetr.load(weights, load.build())) {
            World world = new World(seed, SceneOptions.SMALL);
            ExpressionBenchmark benchmark = ExpressionBenchmark.of(world, expressions);
            BatchMaker maker = new BatchMaker(
                    mdetr.tokenizer(), mdetr.config().textEncoder().maxTokens());
            Map<CaptionKind, Score> scores = benchmark.score(mdetr.model(), maker);
            Map<CaptionKind, Score> shuffled = benchmark.shuffled().score(mdetr.model(), maker);
            out.println("Weights: " + weights.getFileName() + ", " + Quantity.count(Files.size(weights))
                    + " bytes, SHA-256 " + RunFolder.hash(weights) + ".");
            out.println("Expressions: " + expressions + " about scenes of seed " + seed + ", one a scene.");
            out.println();
            ExpressionTable.markdown(benchmark, scores, shuffled).forEach(out::println);
            out.println();
            out.println(absence(AbsenceBenchmark.of(world, (expressions + 4) / 5), mdetr));
        }
        return 0;
    }

    /** About as many as there are expressions of a kind. */
    private static String absence(AbsenceBenchmark benchmark, Mdetr mdetr) {
        AbsenceBenchmark.Result r = benchmark.score(mdetr);
        return String.format(
                Locale.ROOT,
                "Of %d scenes: asked for attributes that no object has together, such as \"%s\" about the first, it is silent"
                        + " %.3f of the time (%.3f–%.3f); asked for those of one object it answers %.3f (%.3f–%.3f);"
                        + " AUROC of the best box's score %.3f.",
                r.silent().all(),
                benchmark.items().get(0).absent().text(),
                r.silent().share(),
                r.silent().low(),
                r.silent().high(),
                r.found().share(),
                r.found().low(),
                r.found().high(),
                r.auroc());
    }
}
