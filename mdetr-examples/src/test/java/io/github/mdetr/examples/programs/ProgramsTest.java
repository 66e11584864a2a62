package io.github.mdetr.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.optim.Optimizer;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.examples.cli.TinyModel;
import io.github.mdetr.examples.synthetic.World;
import io.github.mdetr.examples.synthetic.WorldExamples;
import io.github.mdetr.examples.synthetic.WorldFiles;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.examples.visualization.Annotator;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.training.BatchMaker;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.nn.training.TrainingStep;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each program is run, on the smallest models and pictures, and what it says or writes is so. */
class ProgramsTest {
    private static final String CAPTION = "a red café and a dog";
    private static final LoadOptions TINY =
            LoadOptions.builder().vocabulary(TinyModel.VOCABULARY).build();

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Program {
        void run(String... args) throws IOException;
    }

    /** The lines that a program prints. */
    private static List<String> run(Program program, Object... args) throws IOException {
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run(Stream.of(args).map(Object::toString).toArray(String[]::new));
        } finally {
            System.setOut(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @AfterEach
    void forget() {
        Thread.currentThread().setUncaughtExceptionHandler(null); // a program's, which would end the process
    }

    private Path picture() throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                image.setRGB(x, y, new Color(3 * x, 5 * y, x * y % 256).getRGB());
            }
        }
        Path file = folder.resolve("picture.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void boxesArePrintedAndDrawn() throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path drawn = folder.resolve("drawn.png");
        List<String> lines = run(Detect::main, weights, TinyModel.VOCABULARY, picture(), CAPTION, drawn);
        RgbImage image = ImageReader.of(ImageReader.Mode.SHOWN).read(picture());
        DetectResult expected;
        try (Mdetr mdetr = Mdetr.load(weights, TINY)) {
            expected = mdetr.detect(image, CAPTION, DetectOptions.defaults());
        }
        assertEquals(12, expected.detections().size(), "as many as the model has queries");
        assertEquals(12, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Detection d = expected.detections().get(i);
            Matcher m = Pattern.compile("(\\S+)  \\((\\S+), (\\S+)\\) to \\((\\S+), (\\S+)\\)  (.+)")
                    .matcher(lines.get(i));
            assertTrue(m.matches(), lines.get(i));
            assertEquals(d.score(), Double.parseDouble(m.group(1)), 5e-4);
            PixelBox b = d.box();
            float[] sides = {b.x0(), b.y0(), b.x1(), b.y1()};
            for (int k = 0; k < 4; k++) {
                assertEquals(sides[k], Integer.parseInt(m.group(2 + k)), 0.501);
            }
            assertTrue(CAPTION.contains(m.group(6)), m.group(6));
        }
        assertSamePixels(Annotator.annotate(image, List.of(expected)), ImageIO.read(drawn.toFile()));
    }

    private static void assertSamePixels(BufferedImage expected, BufferedImage got) {
        assertEquals(expected.getWidth(), got.getWidth());
        assertEquals(expected.getHeight(), got.getHeight());
        for (int y = 0; y < got.getHeight(); y++) {
            for (int x = 0; x < got.getWidth(); x++) {
                assertEquals(expected.getRGB(x, y), got.getRGB(x, y));
            }
        }
    }

    /** All pairs are tried; giving each object in turn the query that is left and cheapest costs more. */
    @Test
    void theMatcherFindsTheCheapestPairs() throws IOException {
        List<String> lines = run(MatchQueries::main);
        double[][] cost = new double[3][2];
        for (int i = 0; i < 6; i++) {
            cost[i / 2][i % 2] = Double.parseDouble(lines.get(i).replaceAll(".* costs ", ""));
        }
        double least = Double.POSITIVE_INFINITY;
        String pairs = "";
        for (int cat = 0; cat < 3; cat++) {
            for (int dog = 0; dog < 3; dog++) {
                double sum = cost[cat][0] + cost[dog][1];
                if (cat != dog && sum < least) {
                    least = sum;
                    pairs = "the cat is query " + cat + ", the dog is query " + dog;
                }
            }
        }
        assertEquals(pairs, lines.subList(6, 8).stream().sorted().collect(Collectors.joining(", ")));
        String told = lines.get(8).replaceAll("together (\\S+), and.*", "$1");
        assertEquals(least, Double.parseDouble(told), 2e-3);
        assertTrue(cost[0][0] < cost[1][0] && cost[0][0] + cost[1][1] > least + 0.1, lines.toString());
    }

    @Test
    void theLossOfOnesOwnCounts() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        double total = 0;
        for (String line : run(CustomLoss::main)) {
            String[] words = line.split(" +");
            values.put(words[0], Double.parseDouble(words[1]));
            total += words.length > 2 ? values.get(words[0]) * Double.parseDouble(words[3]) : 0;
        }
        assertEquals(values.get("total"), total, 1e-4);
        assertFalse(values.containsKey("loss_giou"));
        assertTrue(values.containsKey("loss_area_0"));

        // The areas in plain Java.
        Setting s = new Setting();
        PreparedBatch batch = s.maker.make(new WorldExamples(s.world, 1, 1, 2, 1).examples(0));
        double off = 0;
        int objects = 0;
        try (MdetrModel model = MdetrModel.fresh(s.config, 1, Mode.FULL_TRAINING);
                MdetrInput input = batch.input(model.device());
                MdetrOutput output = model.forward(input, ForwardOptions.inference())) {
            List<Match> matches = HungarianMatcher.published().match(output.logits(), output.boxes(), batch.targets());
            float[] boxes = output.boxes().toFloats();
            for (int i = 0; i < matches.size(); i++) {
                Match match = matches.get(i);
                for (int k = 0; k < match.count(); k++) {
                    int at = 4 * (i * s.config.queries() + match.queries()[k]);
                    float[] wanted = batch.targets().get(i).boxes()[match.objects()[k]];
                    off += Math.abs(boxes[at + 2] * boxes[at + 3] - wanted[2] * wanted[3]);
                }
                objects += batch.targets().get(i).count();
            }
        }
        assertEquals(off / objects, values.get("loss_area"), 2e-6);
    }

    /** What the programs that start from nothing start with. */
    private static final class Setting {
        final World world = new World(1, SceneOptions.SMALL);
        final RobertaTokenizer tokenizer = TrainingLoop.tokenizer(world);
        final MdetrConfig config = TrainingLoop.config(tokenizer.vocabSize());
        final BatchMaker maker = new BatchMaker(tokenizer, config.textEncoder().maxTokens());
    }

    /** The loop does what the library's own step does, and both programs' models are better after than before. */
    @Test
    void aLoopLearnsAndFineTuningLearnsMore() throws IOException {
        Path start = folder.resolve("start");
        List<Double> loop = losses(run(TrainingLoop::main, start, 8));
        assertEquals(8, loop.size());
        assertTrue(mean(loop.subList(4, 8)) < 0.97 * mean(loop.subList(0, 4)), loop.toString());
        Setting s = new Setting();
        WorldExamples scenes = new WorldExamples(s.world, 1, 4, 2, 8);
        try (MdetrModel model = MdetrModel.fresh(s.config, 1, Mode.FULL_TRAINING);
                Optimizer optimizer = AdamW.of(model.parameters().all())
                        .rate(1e-3)
                        .clipNorm(1)
                        .build()) {
            TrainingStep step = new TrainingStep(model, Criterion.published(), optimizer, 1, false);
            for (int i = 0; i < 2; i++) {
                assertEquals(step.run(i, s.maker.make(scenes.examples(i))).loss(), loop.get(i), 1e-3);
            }
        }

        Path data = folder.resolve("data");
        new WorldFiles(new World(3, SceneOptions.SMALL), "test").write(data, 0, 4, () -> {});
        Path annotations = WorldFiles.file(data, CaptionKind.Group.CAPTION);
        Path images = data.resolve(WorldFiles.IMAGES);
        Path weights = start.resolve("model.safetensors");
        Path tuned = folder.resolve("tuned");
        assertEquals(
                4,
                losses(run(FineTune::main, annotations, images, weights, start, tuned, 2))
                        .size());
        assertEquals(List.of(), run(FineTune::main, annotations, images, weights, start, tuned, 2), "it is at its end");
        PreparedBatch batch = batch(annotations, images, RobertaTokenizer.load(tuned));
        float before = loss(weights, batch);
        float after = loss(tuned.resolve("last.safetensors"), batch);
        assertTrue(after < before, before + " to " + after);
        try (Mdetr mdetr = Mdetr.load(tuned.resolve("last.safetensors"))) {
            ImageSize size = new ImageSize(160, 128);
            assertEquals(size, mdetr.evaluationResize().apply(size));
        }
    }

    private static List<Double> losses(List<String> lines) {
        List<Double> losses = new ArrayList<>();
        for (String line : lines) {
            String start = "step " + (losses.size() + 1) + ": loss ";
            assertTrue(line.startsWith(start), line);
            losses.add(Double.parseDouble(line.substring(start.length())));
        }
        return losses;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }

    /** All of a file at once, as they are. */
    private static PreparedBatch batch(Path annotations, Path images, RobertaTokenizer tokenizer) throws IOException {
        AnnotatedExamples all = new AnnotatedExamples(AnnotationFile.read(annotations), images);
        List<TrainingExample> examples = new ArrayList<>();
        for (int i = 0; i < all.count(); i++) {
            examples.add(all.read(i));
        }
        return new BatchMaker(tokenizer, 128, PositiveMap.Kind.BINARY).make(examples);
    }

    private static float loss(Path weights, PreparedBatch batch) throws IOException {
        try (Mdetr mdetr = Mdetr.load(weights, LoadOptions.defaults());
                MdetrInput input = batch.input(mdetr.model().device());
                MdetrOutput output = mdetr.model().forward(input, ForwardOptions.evaluation());
                Losses losses = Criterion.published().of(output, batch.targets())) {
            return losses.total().item();
        }
    }

    /** A checkpoint that PyTorch wrote; the values that the formula begins with are in both. */
    @Test
    void aConvertedCheckpointSaysTheSame() throws IOException {
        Path in = folder.resolve("tiny.pth");
        try (InputStream packed = getClass().getResourceAsStream("/programs/tiny.pth.gz");
                InputStream unpacked = new GZIPInputStream(packed)) {
            Files.copy(unpacked, in);
        }
        Path out = folder.resolve("tiny.safetensors");
        assertEquals(
                List.of(
                        in + " (TORCH_ZIP, model): 238 tensors",
                        out + " (SAFETENSORS, model): 238 tensors",
                        "equal: 3072 logits, 48 coordinates of boxes"),
                run(ConvertCheckpoint::main, in, out, TinyModel.VOCABULARY, picture(), CAPTION));

        Path other = TinyModel.write(folder, "other.safetensors", true);
        try (Checkpoint a = Checkpoint.open(out);
                Checkpoint b = Checkpoint.open(other)) {
            assertEquals(firstRow(b), firstRow(a));
        }
        DetectRequest request =
                DetectRequest.of(ImageReader.of(ImageReader.Mode.SHOWN).read(picture()), CAPTION);
        assertFalse(Arrays.deepEquals(
                ConvertCheckpoint.outputs(out, TINY, request), ConvertCheckpoint.outputs(other, TINY, request)));
    }

    private static ByteBuffer firstRow(Checkpoint checkpoint) throws IOException {
        ByteBuffer row = ByteBuffer.allocate(64 * Float.BYTES);
        checkpoint.model().readBytes("query_embed.weight", 0, row);
        return row.flip();
    }

    // ---- calls that are wrong ----

    private static Stream<org.junit.jupiter.params.provider.Arguments> wrongCalls() {
        return Stream.of(
                arguments("Detect WEIGHTS VOCABULARY IMAGE CAPTION OUT.png", (Program) Detect::main, "a b c d"),
                arguments("MatchQueries", (Program) MatchQueries::main, "a"),
                arguments("CustomLoss", (Program) CustomLoss::main, "a"),
                arguments("TrainingLoop FOLDER [STEPS]", (Program) TrainingLoop::main, "a 1 2"),
                arguments(
                        "FineTune ANNOTATIONS IMAGES WEIGHTS VOCABULARY FOLDER [EPOCHS]",
                        (Program) FineTune::main,
                        "a b c d"),
                arguments(
                        "ConvertCheckpoint IN.pth OUT.safetensors VOCABULARY IMAGE CAPTION",
                        (Program) ConvertCheckpoint::main,
                        "a b"));
    }

    @ParameterizedTest
    @MethodSource("wrongCalls")
    void theUsageIsOneLine(String usage, Program program, String words) {
        var e = assertThrows(IllegalArgumentException.class, () -> program.run(words.split(" ")));
        assertEquals("usage: java -cp mdetr.jar io.github.mdetr.examples.programs." + usage, e.getMessage());
    }

    @Test
    void nothingIsReplaced() throws IOException {
        String there = picture().toString();
        for (Program call : List.<Program>of(
                a -> Detect.main("w", "v", there, "c", there),
                a -> ConvertCheckpoint.main(there, there, "v", there, "c"),
                a -> TrainingLoop.main(folder.toString()))) {
            var e = assertThrows(IllegalArgumentException.class, call::run);
            assertTrue(e.getMessage().endsWith(": is there already; give another name"), e.getMessage());
        }
    }

    @Test
    void numbersAndTextsAreChecked() {
        var number = assertThrows(IllegalArgumentException.class, () -> TrainingLoop.main(folder + "/a", "many"));
        assertTrue(number.getMessage().startsWith("STEPS: expected a number from 1 on, got 'many'; usage: java"));
        var text = assertThrows(IllegalArgumentException.class, () -> TrainingLoop.main(" "));
        assertTrue(text.getMessage().startsWith("FOLDER: expected a text, got none; usage: java"));
    }

    /** As processes, whose main nobody else catches. */
    @Test
    void whatIsWrongIsOneLineAndExitCode2() throws IOException, InterruptedException {
        assertEquals(
                "MatchQueries: usage: java -cp mdetr.jar io.github.mdetr.examples.programs.MatchQueries",
                refusal(MatchQueries.class, "too", "many"));
        Path gone = folder.resolve("gone.png");
        assertEquals("Detect: " + gone + ": no such file", refusal(Detect.class, "w", "v", gone.toString(), "c", "o"));
    }

    private static String refusal(Class<?> program, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        List<String> lines = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(2, process.waitFor(), lines.toString());
        assertEquals(1, lines.size(), lines.toString());
        return lines.get(0);
    }
}
