package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.synthetic.ContactSheet;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldFiles;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Draws a synthetic data set. */
@Command(
        name = "synth",
        description = {
            "Draws scenes of simple bodies and writes what can be said of them, in the published annotation format: captions"
                    + " that name every object, referring expressions, and questions with answers.",
            "A seed always gives the same scenes, and each by itself: what --first skips need not be made.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr synth --out world --scenes 1000 --seed 1",
            "  mdetr synth --out heldout --scenes 500 --seed 2",
            "  mdetr synth --out large --scenes 20 --seed 7 --size 480x320 --sheet large.png",
        })
final class SynthCommand implements Callable<Integer> {
    private static final long MOST_SCENES = 10_000_000;
    private static final int SHEET_SCENES = 24;
    private static final int SHEET_WIDTH = 1000;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[xX×](\\d{1,5})");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "The folder to write to: a new or an empty one.")
    private Path out = Path.of("");

    @Option(names = "--scenes", paramLabel = "N", required = true, description = "How many scenes.")
    private long scenes;

    @Option(names = "--seed", paramLabel = "S", required = true, description = "Which world: any whole number.")
    private long seed;

    @Option(
            names = "--first",
            paramLabel = "I",
            defaultValue = "0",
            description = "Index of the first scene. Default: ${DEFAULT-VALUE}.")
    private long first;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            defaultValue = "160x128",
            description = "Size of the pictures in pixels. Default: ${DEFAULT-VALUE}.")
    private String size = "";

    @Option(
            names = "--fewest",
            paramLabel = "N",
            defaultValue = "3",
            description = "Fewest objects of a scene. Default: ${DEFAULT-VALUE}.")
    private int fewest;

    @Option(
            names = "--most",
            paramLabel = "N",
            defaultValue = "8",
            description = "Most objects of a scene. Default: ${DEFAULT-VALUE}.")
    private int most;

    @Option(
            names = "--sheet",
            paramLabel = "FILE",
            description = "Also write a PNG of the first " + SHEET_SCENES + " pictures side by side.")
    private @Nullable Path sheet;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (scenes < 1 || scenes > MOST_SCENES) {
            throw new IllegalArgumentException(
                    "--scenes: expected a number from 1 to " + MOST_SCENES + ", got " + scenes);
        }
        if (first < 0 || first > Long.MAX_VALUE - MOST_SCENES) {
            throw new IllegalArgumentException("--first: expected the index of a scene, 0 or more, got " + first);
        }
        if (sheet != null) {
            checkSheet(sheet);
        }
        SceneOptions options = new SceneOptions(imageSize(size), fewest, most);
        World world = new World(seed, options);
        String description = "scenes " + first + " to " + (first + scenes - 1) + " of seed " + seed + ", "
                + options.size() + ", " + fewest + " to " + most + " objects";
        Map<CaptionKind.Group, Long> entries;
        try (Progress progress = Progress.over((int) scenes)) {
            entries = new WorldFiles(world, description).write(out, first, scenes, progress::step);
        }
        PrintWriter print = spec.commandLine().getOut();
        print.printf(Locale.ROOT, "%s: %s scenes%n", out.resolve(WorldFiles.IMAGES), Quantity.count(scenes));
        entries.forEach((group, n) ->
                print.printf(Locale.ROOT, "%s: %s entries%n", WorldFiles.file(out, group), Quantity.count(n)));
        if (sheet != null) {
            writeSheet(world, sheet);
        }
        return 0;
    }

    /** Before hours of drawing come to it. */
    private void checkSheet(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent();
        String problem = null;
        if (Files.exists(file)) {
            problem = "is there already; give another name";
        } else if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            problem = "expected a name that ends in .png";
        } else if (absolute.startsWith(out.toAbsolutePath().normalize())) {
            problem = "lies in --out, which holds what is drawn alone; give another place";
        } else if (folder == null || !Files.isDirectory(folder)) {
            problem = "there is no folder " + folder;
        }
        if (problem != null) {
            throw new IllegalArgumentException("--sheet " + file + ": " + problem);
        }
    }

    private static ImageSize imageSize(String text) {
        Matcher m = SIZE.matcher(text.trim());
        if (!m.matches() || Integer.parseInt(m.group(1)) == 0 || Integer.parseInt(m.group(2)) == 0) {
            throw new IllegalArgumentException("--size: expected width and height as in 160x128, got '" + text + "'");
        }
        return new ImageSize(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
    }

    private void writeSheet(World world, Path file) throws IOException {
        List<RgbImage> pictures = IntStream.range(0, (int) Math.min(SHEET_SCENES, scenes))
                .mapToObj(i -> world.scene(first + i).image())
                .toList();
        int columns = Math.max(1, SHEET_WIDTH / pictures.get(0).width());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(ContactSheet.of(pictures, Math.min(columns, pictures.size())), "png", bytes);
        Files.write(file, bytes.toByteArray(), StandardOpenOption.CREATE_NEW);
    }
}
