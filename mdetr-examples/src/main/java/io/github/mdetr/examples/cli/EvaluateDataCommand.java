package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.visualization.GroundedObject;
import io.github.mdetr.examples.visualization.GroundingSheet;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.InputTooLargeException;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.pipeline.Span;
import io.github.mdetr.nn.training.SkippedImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the boxes that a model gives the words of annotated captions with those of the annotations. */
@Command(
        name = "evaluate-data",
        description = {
            "Asks a model for the objects of annotated images, and prints for each the IoU of its box with the one that the"
                    + " model gives its words.",
            "Of a phrase with n objects the n boxes count that give its words the highest probability: an object's is the one"
                    + " with the highest IoU among them. Images are read as training reads them.",
        },
        exitCodeList = {
            "0:all went well",
            "1:an IoU is lower than --at-least",
            "2:the input is wrong, or this machine cannot do it: one line on standard error says what",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr evaluate-data test.json --images photographs --annotate boxes.png \\",
            "      --weights run1/best.safetensors --vocab run1/vocabulary",
        })
final class EvaluateDataCommand implements Callable<Integer> {
    private static final int MOST_PICTURES = 40; // a picture is there to be looked at

    @Parameters(paramLabel = "FILE", description = "Annotations in the published format.")
    private Path file = Path.of("");

    @Option(names = "--images", paramLabel = "DIR", required = true, description = "The folder of the images.")
    private Path images = Path.of("");

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            description = "The checkpoint: safetensors, or a .pth of PyTorch.")
    private Path weights = Path.of("");

    @Option(
            names = {"--vocab", "--vocabulary"},
            paramLabel = "DIR",
            description =
                    "Folder with vocab.json and merges.txt, or with tokenizer.json; by default that of the weights.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--at-least",
            paramLabel = "IOU",
            description = "Exit with 1 when the IoU of an object is lower than this, from 0 to 1.")
    private @Nullable Double atLeast;

    @Option(
            names = "--annotate",
            paramLabel = "PNG",
            description = "Draw the first " + MOST_PICTURES + " images with both boxes of each object into this file.")
    private @Nullable Path annotate;

    @Option(
            names = "--bad-images",
            paramLabel = "NAME",
            description =
                    "At an image that cannot be read: stop, or skip: name it and go on, and end when more than 1 %%"
                            + " are so; stop by default.")
    private BadImages badImages = BadImages.STOP;

    @Mixin
    private InputLimitOption inputLimit = new InputLimitOption();

    @Mixin
    private AnnotationOptions annotations = new AnnotationOptions();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (atLeast != null && !(atLeast >= 0 && atLeast <= 1)) {
            throw new IllegalArgumentException("--at-least: expected a number from 0 to 1, got " + atLeast);
        }
        AnnotatedExamples examples = annotations.read(file, images);
        if (examples.count() == 0) {
            throw new IllegalArgumentException(file + ": has no images; expected one or more");
        }
        if (examples.objects() == 0) {
            throw new IllegalArgumentException(
                    file + ": expected objects, got " + AnnotationOptions.withoutObjects(examples.leftOut()));
        }
        AnnotatedFiles drawn =
                annotate == null ? null : AnnotatedFiles.prepare(annotate, List.of(file), inputs(examples));
        LoadOptions.Builder load = model.loading().precision(precision.value()).limits(inputLimit.value());
        if (vocabulary != null) {
            load.vocabulary(vocabulary);
        }
        List<Double> ious = new ArrayList<>();
        GroundingSheet pictures = new GroundingSheet();
        SkippedImages skipped =
                new SkippedImages(file.toString(), examples.files().size(), List.of(), new Notes(spec)::skipped);
        try (Mdetr mdetr = Mdetr.load(weights, load.build())) {
            for (int i = 0; i < examples.count(); i++) {
                TrainingExample example = read(examples, i, skipped);
                if (example == null) {
                    continue;
                }
                List<GroundedObject> objects = ground(mdetr, example);
                print(example, objects);
                objects.forEach(o -> ious.add(o.iou()));
                if (drawn != null && pictures.count() < MOST_PICTURES) {
                    pictures.add(example.image(), objects);
                }
            }
        }
        if (drawn != null) {
            drawn.write(file, pictures.draw());
        }
        return summary(ious);
    }

    /** Null where the image is passed over. */
    private @Nullable TrainingExample read(AnnotatedExamples examples, int index, SkippedImages skipped)
            throws IOException {
        try {
            return examples.read(index);
        } catch (ImageReadException e) {
            if (badImages == BadImages.STOP) {
                throw e;
            }
            skipped.add(examples.file(index), e);
            return null;
        }
    }

    /** All that is read, which no picture replaces. */
    private List<Path> inputs(AnnotatedExamples examples) throws IOException {
        List<Path> inputs = new ArrayList<>(examples.files());
        inputs.add(weights);
        Path words = vocabulary == null ? Mdetr.vocabularyOf(weights) : vocabulary;
        if (Files.isDirectory(words)) {
            try (Stream<Path> files = Files.list(words)) {
                files.filter(Files::isRegularFile).forEach(inputs::add);
            }
        }
        return inputs;
    }

    /** Of each object that its caption names. */
    private static List<GroundedObject> ground(Mdetr mdetr, TrainingExample example) {
        ExampleCaption caption = example.captions().get(0);
        List<ExampleObject> named =
                caption.objects().stream().filter(o -> !o.spans().isEmpty()).toList();
        List<Span> asked = named.stream()
                .flatMap(o -> spans(o, caption.text()).stream())
                .distinct()
                .toList();
        DetectRequest request = new DetectRequest(example.image(), caption.text(), asked);
        List<Detection> all = detect(mdetr, request, example.id());
        return named.stream()
                .map(o -> {
                    List<Span> words = spans(o, caption.text());
                    long same = named.stream()
                            .filter(p -> p.spans().equals(o.spans()))
                            .count();
                    return all.stream()
                            .sorted(Comparator.comparingDouble((Detection d) -> score(d, words))
                                    .reversed())
                            .limit(same)
                            .map(d -> new GroundedObject(text(words, caption.text()), o.box(), d.box()))
                            .max(Comparator.comparingDouble(GroundedObject::iou))
                            .orElseThrow();
                })
                .toList();
    }

    private static List<Detection> detect(Mdetr mdetr, DetectRequest request, String id) {
        try {
            DetectOptions all = DetectOptions.defaults().withThreshold(0);
            return mdetr.detect(List.of(request), all).get(0).detections();
        } catch (InputTooLargeException e) {
            throw new IllegalArgumentException(id + ": " + e.getMessage(), e);
        }
    }

    /** The highest of a box on the words. */
    private static double score(Detection detection, List<Span> words) {
        return detection.spans().stream()
                .filter(s -> words.contains(s.span()))
                .mapToDouble(s -> s.score())
                .max()
                .orElse(0);
    }

    /** Java counts chars, annotations count code points. */
    private static List<Span> spans(ExampleObject object, String caption) {
        List<Span> spans = new ArrayList<>();
        for (CodePointSpan s : object.spans()) {
            spans.add(new Span(caption.offsetByCodePoints(0, s.begin()), caption.offsetByCodePoints(0, s.end())));
        }
        return spans;
    }

    private static String text(List<Span> spans, String caption) {
        return spans.stream().map(s -> caption.substring(s.begin(), s.end())).collect(Collectors.joining(" "));
    }

    private void print(TrainingExample example, List<GroundedObject> objects) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(example.id() + ": "
                + ErrorReport.oneLine(example.captions().get(0).text()));
        for (GroundedObject o : objects) {
            out.printf(Locale.ROOT, "  %.3f  %s%n", o.iou(), ErrorReport.oneLine(o.words()));
        }
    }

    private int summary(List<Double> ious) {
        PrintWriter out = spec.commandLine().getOut();
        if (ious.isEmpty()) {
            throw new IllegalArgumentException(file + ": has no objects with words; expected one or more");
        }
        double mean = ious.stream().mapToDouble(d -> d).average().orElseThrow();
        double lowest = ious.stream().mapToDouble(d -> d).min().orElseThrow();
        out.printf(Locale.ROOT, "objects  %d%n", ious.size());
        out.printf(Locale.ROOT, "IoU      mean %.3f, lowest %.3f%n", mean, lowest);
        for (double level : new double[] {0.5, 0.75, 0.9}) {
            long reached = ious.stream().filter(d -> d >= level).count();
            out.printf(Locale.ROOT, "≥ %-6s %d of %d%n", level, reached, ious.size());
        }
        return atLeast != null && lowest < atLeast ? 1 : 0;
    }
}
