package io.github.mdetr.examples.cli;

import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.examples.json.DetectionJson;
import io.github.mdetr.examples.visualization.Annotator;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.InputTooLargeException;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.pipeline.Span;
import io.github.mdetr.nn.training.SkippedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Finds what a caption speaks of in images. */
@Command(
        name = "predict",
        description = {
            "Finds in images what a caption speaks of, and prints one line of JSON for each image: its detections with score,"
                    + " box and the phrases of the caption that they belong to.",
            "Boxes are pixels from the left upper corner of the image as it is shown, turned as its EXIF says; begin and end"
                    + " count UTF-16 units of the caption. An image that cannot be decoded is named on standard error, and the"
                    + " others still follow; a path where nothing is ends the command before it begins.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr predict --weights mdetr-r101.safetensors --vocab roberta-base \\",
            "      --image dogs.jpg --caption \"two dogs on a beach\"",
            "  mdetr predict --weights mdetr-r101.pth --vocab roberta-base \\",
            "      --image photos --caption \"a red car\" --annotate marked > found.jsonl",
            "  mdetr predict --weights mdetr-r101.pth --vocab roberta-base \\",
            "      --image dogs.jpg --caption \"two dogs on a beach\" \\",
            "      --span \"two dogs\" --span 14:19 --threshold 0.5 --pretty",
            "  mdetr predict --weights mdetr-r101.pth --vocab roberta-base \\",
            "      --image dogs.jpg --phrase dog --phrase \"traffic light\" --phrase zebra",
        })
final class PredictCommand implements Callable<Integer> {
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
            names = "--image",
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description =
                    "JPEG, PNG, WebP, BMP, GIF or TIFF files, folders of them, or patterns such as 'photos/*.jpg'.")
    private List<String> images = List.of();

    @Option(names = "--recursive", description = "Look into the folders in a folder too.")
    private boolean recursive;

    /** Where the caption comes from. */
    static final class Caption {
        @Option(names = "--caption", paramLabel = "TEXT", required = true, description = "What to look for.")
        private @Nullable String text;

        @Option(
                names = "--caption-file",
                paramLabel = "FILE",
                required = true,
                description = "The same from a file in UTF-8 or UTF-16; a line break at its end is left out.")
        private @Nullable Path file;

        @Option(
                names = "--phrase",
                paramLabel = "TEXT",
                required = true,
                description =
                        "Words to look for by themselves, such as a class's name. May be given several times; each"
                                + " has a line of its own, and an image is encoded once for all.")
        private List<String> phrases = List.of();

        /** The caption, or the phrases. */
        List<String> read() throws IOException {
            if (!phrases.isEmpty()) {
                return phrases;
            }
            return List.of(text != null ? text : file == null ? "" : CaptionFile.read(file));
        }

        /** The option it comes from, and the file. */
        private String source() {
            return !phrases.isEmpty() ? "--phrase" : file == null ? "--caption" : "--caption-file " + file;
        }
    }

    @ArgGroup(multiplicity = "1")
    private Caption caption = new Caption();

    @Option(
            names = "--annotate",
            paramLabel = "OUT",
            description = "Draw boxes and phrases: on one image the .png file to write, on several a folder for them.")
    private @Nullable Path annotate;

    @Option(
            names = "--threshold",
            paramLabel = "P",
            defaultValue = "0.7",
            description = "Lowest score of a detection, from 0 to 1. Default: ${DEFAULT-VALUE}.")
    private float threshold;

    @Option(names = "--top-k", paramLabel = "N", description = "At most so many detections for an image, the best.")
    private @Nullable Integer topK;

    @Option(
            names = "--phrase-threshold",
            paramLabel = "P",
            description =
                    "A word belongs to a box when a token of it has more than this share of the box's highest token"
                            + " probability. Default: 0.1.")
    private @Nullable Float phraseThreshold;

    @Option(
            names = "--span",
            paramLabel = "SPAN",
            description =
                    "A part of the caption to score for every box: BEGIN:END, or words of the caption. May be given"
                            + " several times.")
    private List<String> spans = List.of();

    @Option(
            names = "--bad-images",
            paramLabel = "NAME",
            description =
                    "At an image that cannot be decoded: stop, or skip: name it, go on, and end when more than 1 %% are"
                            + " so. By default it is an error, the others still follow, and the exit code is 2.")
    private @Nullable BadImages badImages;

    @Option(names = "--pretty", description = "Indent the JSON over several lines.")
    private boolean pretty;

    @Mixin
    private PictureLimits limits = new PictureLimits();

    @Mixin
    private InputLimitOption inputLimit = new InputLimitOption();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @ParentCommand
    private MdetrCommand mdetr = new MdetrCommand();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        // Everything that can be told at once, before the weights are read.
        BiFunction<Mdetr, RgbImage, List<DetectResult>> question = question();
        Notes notes = new Notes(spec);
        List<Path> files = ImageFiles.expand(images, recursive, notes::note);
        AnnotatedFiles annotated = annotate == null ? null : AnnotatedFiles.prepare(annotate, files, List.of(weights));
        ImageReader reader = limits.apply(ImageReader.of(ImageReader.Mode.SHOWN));
        LoadOptions.Builder load = model.loading().precision(precision.value()).limits(inputLimit.value());
        if (vocabulary != null) {
            load.vocabulary(vocabulary);
        }
        SkippedImages skipped = new SkippedImages("--image", files.size(), List.of(), notes::skipped);
        int code = 0;
        try (Mdetr model = Mdetr.load(weights, load.build());
                Progress progress = Progress.over(files.size())) {
            for (Path file : files) {
                try {
                    answer(file, reader, image -> question.apply(model, image), annotated, notes);
                } catch (ImageReadException e) {
                    if (badImages == BadImages.STOP) {
                        throw e;
                    }
                    if (badImages == BadImages.SKIP) {
                        skipped.add(file, e);
                    } else {
                        code = report(e);
                    }
                } catch (IOException e) {
                    code = report(e);
                } catch (OutOfMemoryError | OutOfTensorMemoryException | InputTooLargeException e) { // another may fit
                    code = report(new IOException(file + ": " + ErrorReport.describe(e), e));
                }
                progress.step();
            }
        }
        return code;
    }

    /** What is asked of each image. */
    private BiFunction<Mdetr, RgbImage, List<DetectResult>> question() throws IOException {
        boolean each = !caption.phrases.isEmpty();
        List<String> texts = caption.read();
        if (texts.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    caption.source() + ": expected a text that names something, got an empty one");
        }
        if (each && !spans.isEmpty()) {
            throw new IllegalArgumentException("--span: expected a --caption that it is part of, got --phrase");
        }
        List<Span> asked =
                spans.stream().map(s -> SpanOption.parse(s, texts.get(0))).toList();
        DetectOptions options = options();
        return each
                ? (mdetr, image) -> mdetr.detectEach(image, texts, options)
                : (mdetr, image) -> mdetr.detect(List.of(new DetectRequest(image, texts.get(0), asked)), options);
    }

    /** Prints what is found in one image, and draws it. */
    private void answer(
            Path file,
            ImageReader reader,
            Function<RgbImage, List<DetectResult>> question,
            @Nullable AnnotatedFiles annotated,
            Notes notes)
            throws IOException {
        List<String> damage = new ArrayList<>();
        RgbImage image = reader.read(file, damage::add);
        damage.forEach(notes::warning);
        List<DetectResult> results = question.apply(image);
        for (DetectResult result : results) {
            spec.commandLine().getOut().println(DetectionJson.write(file, result.withWarnings(damage), pretty));
            result.warnings().forEach(w -> notes.warning(file + ": " + w));
        }
        if (annotated != null) {
            annotated.write(file, Annotator.annotate(image, results));
            String missing = Annotator.missingCharacters(results);
            if (!missing.isEmpty()) {
                notes.warning(file + ": --annotate: no font here has the characters '" + missing
                        + "', drawn as question marks; install one that has them");
            }
        }
    }

    /** Says what is wrong with one image, and gives the exit code. */
    private int report(IOException e) {
        return new ErrorReport(mdetr::isVerbose)
                .report(e, spec.qualifiedName(), spec.commandLine().getErr());
    }

    private DetectOptions options() {
        try {
            DetectOptions options = DetectOptions.defaults().withThreshold(threshold);
            options = topK == null ? options : options.withTopK(topK);
            return phraseThreshold == null ? options : options.withPhraseThreshold(phraseThreshold);
        } catch (IllegalArgumentException e) { // it begins with the component's name: topK is --top-k
            Matcher name = Pattern.compile("(?<=^\\w{0,30})[A-Z]").matcher(String.valueOf(e.getMessage()));
            throw new IllegalArgumentException(
                    "--" + name.replaceAll(m -> "-" + m.group().toLowerCase(Locale.ROOT)), e);
        }
    }
}
