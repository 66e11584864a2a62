package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.demo.DemoReport;
import io.github.mdetr.examples.demo.GroundedCaption;
import io.github.mdetr.examples.demo.GroundedScene;
import io.github.mdetr.examples.demo.Grounder;
import io.github.mdetr.examples.demo.KindScores;
import io.github.mdetr.examples.synthetic.BundledModel;
import io.github.mdetr.examples.synthetic.RenderedScene;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.examples.visualization.Annotator;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what the model that comes with the program finds in scenes that it has not seen. */
@Command(
        name = "demo",
        description = {
            "Draws new scenes of simple bodies, grounds captions and referring expressions in them with the small model that"
                    + " comes with this program, and prints how often it is right.",
            "Writes a picture for each caption, and report.html: point at words there, and their boxes light up.",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  mdetr demo", "  mdetr demo --seed 7 --scenes 30 --out demo-7"})
final class DemoCommand implements Callable<Integer> {
    private static final int MOST_SCENES = 500;
    private static final int SEEDS = 1_000_000_000;

    /** Training takes scenes from the first on: whatever the seed, these are new. */
    private static final long FIRST_SCENE = 1L << 40;

    private static final String REPORT = "report.html";
    private static final String ROW = "%-12s %6s %6s %10s   %s%n";

    @Option(names = "--seed", paramLabel = "S", description = "Which scenes; by default others every time.")
    private @Nullable Long seed;

    @Option(
            names = "--scenes",
            paramLabel = "N",
            defaultValue = "12",
            description = "How many scenes. Default: ${DEFAULT-VALUE}.")
    private int scenes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder to write to: a new or an empty one. Default: mdetr-demo-S.")
    private @Nullable Path out;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Another model, such as one that train --world made.")
    private @Nullable Path weights;

    @Option(
            names = {"--vocab", "--vocabulary"},
            paramLabel = "DIR",
            description = "Folder with that model's vocabulary; by default that of the weights.")
    private @Nullable Path vocabulary;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (scenes < 1 || scenes > MOST_SCENES) {
            throw new IllegalArgumentException(
                    "--scenes: expected a number from 1 to " + MOST_SCENES + ", got " + scenes);
        }
        if (weights == null && vocabulary != null) {
            throw new IllegalArgumentException("--vocab: belongs to --weights, which is not given");
        }
        long world = seed == null ? new SplittableRandom().nextInt(SEEDS) : seed;
        Path folder = out == null ? Path.of("mdetr-demo-" + world) : out;
        checkEmpty(folder);
        PrintWriter print = spec.commandLine().getOut();
        try (Mdetr mdetr = load()) {
            long start = System.nanoTime();
            List<GroundedScene> grounded = ground(mdetr, world);
            double seconds = (System.nanoTime() - start) / 1e9;
            Files.createDirectories(folder);
            int pictures = 0;
            for (int i = 0; i < grounded.size(); i++) {
                pictures += writePictures(folder, i, grounded.get(i));
            }
            String title = scenes + (scenes == 1 ? " new scene" : " new scenes") + " of seed " + world;
            Files.writeString(folder.resolve(REPORT), DemoReport.html(title, grounded));
            print.printf(
                    Locale.ROOT,
                    "%s (--seed %d shows them again): %d captions in %.1f s%n%n",
                    title,
                    world,
                    pictures,
                    seconds);
            table(grounded, print);
            print.printf(
                    Locale.ROOT,
                    "%n%s: %d pictures%n%s: open it in a browser%n",
                    folder,
                    pictures,
                    folder.resolve(REPORT));
        }
        return 0;
    }

    private Mdetr load() throws IOException {
        if (weights == null) {
            return BundledModel.load();
        }
        LoadOptions.Builder load = LoadOptions.builder();
        if (vocabulary != null) {
            load.vocabulary(vocabulary);
        }
        return Mdetr.load(weights, load.build());
    }

    private static void checkEmpty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new IllegalArgumentException(folder + ": is not empty; give another folder with --out");
                }
            }
        } else if (Files.exists(folder)) {
            throw new IllegalArgumentException(folder + ": is a file; give the name of a folder with --out");
        }
        AnnotatedFiles.checkFolder(folder, "--out");
    }

    private List<GroundedScene> ground(Mdetr mdetr, long seed) {
        World world = new World(seed, SceneOptions.SMALL);
        Grounder grounder = new Grounder(mdetr);
        List<GroundedScene> grounded = new ArrayList<>();
        try (Progress progress = Progress.over(scenes)) {
            for (long i = FIRST_SCENE; i < FIRST_SCENE + scenes; i++) {
                RenderedScene scene = world.scene(i);
                Captioner captioner = world.captioner(i, scene.scene());
                List<Caption> captions = Stream.of(CaptionKind.values())
                        .filter(k -> k.group() != CaptionKind.Group.QUESTION)
                        .map(captioner::caption)
                        .filter(Objects::nonNull)
                        .toList();
                grounded.add(grounder.ground(scene, captions));
                progress.step();
            }
        }
        return grounded;
    }

    /** A picture for each caption; gives their number. */
    private static int writePictures(Path folder, int index, GroundedScene scene) throws IOException {
        RgbImage image = scene.scene().image();
        for (GroundedCaption c : scene.captions()) {
            DetectResult shown =
                    new DetectResult(image.width(), image.height(), c.caption().text(), c.shown(), List.of());
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.setUseCache(false);
            if (!ImageIO.write(Annotator.annotate(image, List.of(shown)), "png", png)) {
                throw new IOException("this Java has no PNG writer");
            }
            String name = String.format(
                    Locale.ROOT,
                    "scene-%02d-%s.png",
                    index + 1,
                    c.caption().kind().label());
            Files.write(folder.resolve(name), png.toByteArray());
        }
        return scene.captions().size();
    }

    private static void table(List<GroundedScene> scenes, PrintWriter print) {
        print.printf(Locale.ROOT, ROW, "kind", "asked", "right", "precision", "95 % interval");
        KindScores.of(scenes)
                .forEach((kind, s) -> print.printf(
                        Locale.ROOT,
                        ROW,
                        kind.label(),
                        s.all(),
                        s.right(),
                        String.format(Locale.ROOT, "%.2f", s.share()),
                        String.format(Locale.ROOT, "%.2f–%.2f", s.low(), s.high())));
    }
}
