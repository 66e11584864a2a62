package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Cancellation;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.tensor.WorkCancelledException;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.ImageFeatures;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.mdetr.MemoryEstimate;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.mdetr.TextFeatures;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.nn.text.TokenPositions;
import io.github.mdetr.tokenizer.BatchEncoding;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds what a text talks about in an image: MDETR with its tokenizer and image pipeline.
 *
 * <pre>{@code
 * try (Mdetr mdetr = Mdetr.load(Path.of("mdetr.safetensors"))) {
 *     RgbImage image = ImageReader.of(ImageReader.Mode.SHOWN).read(Path.of("photo.jpg"));
 *     DetectResult found = mdetr.detect(image, "a woman skis down the snow", DetectOptions.defaults());
 *     for (Detection d : found.detections()) {
 *         System.out.println(d.box() + " " + d.phrases());
 *     }
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads: images and captions are prepared in parallel, the model runs for one at a time on
 * all cores.
 */
public final class Mdetr implements AutoCloseable {
    /** The folder that a training puts the vocabulary in, next to the weights. */
    private static final String VOCABULARY = "vocabulary";

    /** Said when every box is rather nothing than something. */
    private static final String NOT_DESCRIBED =
            "caption may not describe this image: every box is more likely nothing than something";

    /** What so many pairs of a large image and a phrase take at once is some 60 MB. */
    private static final int PHRASES_AT_ONCE = 4;

    private final MdetrModel model;
    private final RobertaTokenizer tokenizer;
    private final ResizePolicy evaluationResize;
    private final InputLimits limits;
    private final Preprocessor preprocessor;

    private Mdetr(MdetrModel model, RobertaTokenizer tokenizer, ResizePolicy evaluationResize, InputLimits limits) {
        checkVocabulary("tokenizer", tokenizer, model.config());
        this.model = model;
        this.tokenizer = tokenizer;
        this.evaluationResize = evaluationResize;
        this.limits = limits;
        this.preprocessor = new Preprocessor(
                model.device(), tokenizer, model.config().textEncoder().maxTokens());
    }

    /** Loads a checkpoint, safetensors or PyTorch's, with the vocabulary next to it ({@link #vocabularyOf}). */
    public static Mdetr load(Path weights) throws IOException {
        return load(weights, LoadOptions.defaults());
    }

    /**
     * Loads a checkpoint on the current device.
     *
     * @throws IOException when a file is missing or damaged
     * @throws IllegalArgumentException when its configuration cannot be told, saying which option to give, or the
     *     vocabulary does not fit
     * @throws TokenizerException when the vocabulary is missing or damaged
     * @throws IllegalStateException when weights are missing or of another shape, saying which
     */
    public static Mdetr load(Path weights, LoadOptions options) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(weights, options.verify())) {
            String section = options.ema() ? Checkpoint.MODEL_EMA : Checkpoint.MODEL;
            MdetrConfig config = ModelLoader.config(checkpoint, section, options.arguments());
            ResizePolicy resize = resize(weights, checkpoint, options);
            RobertaTokenizer tokenizer = tokenizer(weights, options, config);
            return new Mdetr(
                    ModelLoader.load(checkpoint, section, options.arguments(), Mode.INFERENCE, options.precision()),
                    tokenizer,
                    resize,
                    options.limits());
        }
    }

    private static ResizePolicy resize(Path weights, Checkpoint checkpoint, LoadOptions options) {
        Map<String, Object> stated = new HashMap<>();
        Object own = checkpoint.args().get(EvaluationResize.ARGUMENT);
        if (own != null) {
            stated.put(EvaluationResize.ARGUMENT, own);
        }
        stated.putAll(options.arguments());
        try {
            return EvaluationResize.of(stated);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(weights + ": " + e.getMessage(), e);
        }
    }

    /**
     * A model and a tokenizer that belong together, for images of the published size and the default limits; closing this
     * closes the model.
     *
     * @throws IllegalArgumentException when the tokenizer has more or fewer tokens than the model's text encoder; the
     *     model stays the caller's
     */
    public static Mdetr of(MdetrModel model, RobertaTokenizer tokenizer) {
        return new Mdetr(model, tokenizer, ResizePolicy.evaluation(), InputLimits.defaults());
    }

    private static RobertaTokenizer tokenizer(Path weights, LoadOptions options, MdetrConfig config) {
        RobertaTokenizer ready = options.tokenizer();
        if (ready != null) {
            checkVocabulary("tokenizer", ready, config);
            return ready;
        }
        Path given = options.vocabulary();
        Path folder = given != null ? given : vocabularyOf(weights);
        RobertaTokenizer loaded = RobertaTokenizer.load(folder);
        checkVocabulary("vocabulary " + folder, loaded, config);
        return loaded;
    }

    /**
     * Where the vocabulary of weights is looked for: in their own folder, or in {@code vocabulary} there, as a training leaves
     * it. Weights in several files may be given by their folder.
     */
    public static Path vocabularyOf(Path weights) {
        Path folder = Files.isDirectory(weights)
                ? weights.toAbsolutePath().normalize()
                : weights.toAbsolutePath().resolveSibling(".").normalize();
        Path below = folder.resolve(VOCABULARY);
        boolean together = Files.exists(folder.resolve("vocab.json")) || Files.exists(folder.resolve("tokenizer.json"));
        return !together && Files.isDirectory(below) ? below : folder;
    }

    private static void checkVocabulary(String name, RobertaTokenizer tokenizer, MdetrConfig config) {
        int rows = config.textEncoder().vocabularySize();
        if (tokenizer.vocabSize() != rows) {
            throw new IllegalArgumentException(name + " has " + tokenizer.vocabSize()
                    + " tokens, the model's text encoder " + rows + "; give the vocabulary it was trained with");
        }
    }

    /** What the model is made of. */
    public MdetrConfig config() {
        return model.config();
    }

    /** The model by itself, with its raw outputs. */
    public MdetrModel model() {
        return model;
    }

    /**
     * The size that images are brought to unless the options ask for another: what the checkpoint states
     * ({@link EvaluationResize}), else the shorter side 800.
     */
    public ResizePolicy evaluationResize() {
        return evaluationResize;
    }

    /** The tokenizer. */
    public RobertaTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Finds what {@code caption} talks about in {@code image}.
     *
     * @throws IllegalArgumentException when the caption is blank or longer than the text encoder takes
     * @throws TokenizerException when it is no valid text: half of a surrogate pair
     * @throws InputTooLargeException when the images are larger than the {@link LoadOptions#limits}
     * @throws WorkCancelledException when the thread is interrupted, which it stays, or the {@link DetectOptions#timeout} is
     *     over; this is as usable as before
     * @throws IllegalStateException when this is closed, or an output is no finite number, as with damaged weights
     */
    public DetectResult detect(RgbImage image, String caption, DetectOptions options) {
        return detect(List.of(DetectRequest.of(image, caption)), options).get(0);
    }

    /**
     * The same for several images, each with its caption, in one pass: smaller images are padded to the largest, shorter
     * captions to the longest. Where all requests have the same image, such as one for each phrase to try, it is encoded
     * once.
     *
     * @throws IllegalArgumentException when there is none, or a caption is longer than the text encoder takes
     * @throws TokenizerException when a caption is no valid text: half of a surrogate pair
     * @throws InputTooLargeException when the images are larger than the {@link LoadOptions#limits}
     * @throws WorkCancelledException when the thread is interrupted, which it stays, or the {@link DetectOptions#timeout} is
     *     over; this is as usable as before
     * @throws IllegalStateException when this is closed, or an output is no finite number, as with damaged weights
     */
    public List<DetectResult> detect(List<DetectRequest> requests, DetectOptions options) {
        return Cancellation.within(options.timeout(), () -> detectAtOnce(requests, options));
    }

    private List<DetectResult> detectAtOnce(List<DetectRequest> requests, DetectOptions options) {
        BatchEncoding text = preprocessor.encode(requests, "caption");
        checkSize(Preprocessor.images(requests), requests.size(), longest(text), resize(options));
        Predictions predictions = Context.with(model.device(), () -> {
            try (MdetrInput input = preprocessor.input(requests, text, resize(options));
                    MdetrOutput output = model.forward(input)) {
                return Predictions.of(output);
            }
        });
        return IntStream.range(0, requests.size())
                .mapToObj(i -> {
                    List<String> warnings = warnings(requests.get(i), text.get(i));
                    if (!predictions.anyObject(i)) {
                        warnings.add(NOT_DESCRIBED);
                    }
                    return result(predictions, i, requests.get(i), text.get(i), warnings, options);
                })
                .toList();
    }

    /**
     * Looks for each phrase by itself in one image, such as the names of classes ("zebra", "traffic light"). The image is
     * encoded once for however many there are, and the memory needed does not grow with them. A phrase that names nothing
     * in the image has no detections, which is no reason for a warning.
     *
     * @return for each phrase what was found, the phrase being the caption
     * @throws IllegalArgumentException when there is none, one is blank or longer than the text encoder takes
     * @throws TokenizerException when a phrase is no valid text: half of a surrogate pair
     * @throws InputTooLargeException when the images are larger than the {@link LoadOptions#limits}
     * @throws WorkCancelledException when the thread is interrupted, which it stays, or the {@link DetectOptions#timeout} is
     *     over; this is as usable as before
     * @throws IllegalStateException when this is closed, or an output is no finite number, as with damaged weights
     */
    public List<DetectResult> detectEach(RgbImage image, List<String> phrases, DetectOptions options) {
        List<DetectRequest> requests =
                phrases.stream().map(p -> DetectRequest.of(image, p)).toList();
        return Cancellation.within(options.timeout(), () -> detectInParts(image, requests, options));
    }

    private List<DetectResult> detectInParts(RgbImage image, List<DetectRequest> requests, DetectOptions options) {
        BatchEncoding text = preprocessor.encode(requests, "phrase"); // refuses a phrase before any is looked for
        int atOnce = Math.min(requests.size(), PHRASES_AT_ONCE);
        checkSize(List.of(image), atOnce, longest(text), resize(options));
        return Context.with(model.device(), () -> {
            List<DetectResult> results = new ArrayList<>();
            try (ImageFeatures features = encode(image, resize(options))) {
                for (int from = 0; from < requests.size(); from += PHRASES_AT_ONCE) {
                    int end = Math.min(from + PHRASES_AT_ONCE, requests.size());
                    results.addAll(detect(features, requests.subList(from, end), options));
                }
            }
            return results;
        });
    }

    /** Refuses images that are too large, before any is resized. */
    private void checkSize(List<RgbImage> images, int pairs, int textTokens, ResizePolicy resize) {
        List<ImageSize> sizes = images.stream().map(i -> resize.apply(i.size())).toList();
        Device device = model.device();
        limits.check(
                MemoryEstimate.of(model.config(), device, sizes, pairs, textTokens),
                device.memory().cap());
    }

    /** Tokens that all captions are padded to. */
    private static int longest(BatchEncoding text) {
        return text.ids()[0].length;
    }

    private ResizePolicy resize(DetectOptions options) {
        ResizePolicy asked = options.resize();
        return asked == null ? evaluationResize : asked;
    }

    private ImageFeatures encode(RgbImage image, ResizePolicy resize) {
        ImageBatch batch = ImageBatch.resized(List.of(image), resize);
        try (Tensor pixels = preprocessor.pixels(batch)) {
            return model.encodeImages(pixels, batch.padding());
        }
    }

    private List<DetectResult> detect(ImageFeatures image, List<DetectRequest> phrases, DetectOptions options) {
        BatchEncoding text = preprocessor.encode(phrases, "phrase");
        try (TextFeatures features = model.encodeText(new TokenBatch(text.ids(), text.attentionMask()));
                MdetrOutput output = model.ground(image, features, ForwardOptions.inference())) {
            Predictions predictions = Predictions.of(output);
            return IntStream.range(0, phrases.size())
                    .mapToObj(i -> result(
                            predictions,
                            i,
                            phrases.get(i),
                            text.get(i),
                            warnings(phrases.get(i), text.get(i)),
                            options))
                    .toList();
        }
    }

    private static DetectResult result(
            Predictions predictions,
            int index,
            DetectRequest request,
            Encoding text,
            List<String> warnings,
            DetectOptions options) {
        return new DetectResult(
                request.image().width(),
                request.image().height(),
                request.caption(),
                predictions.detections(request, text, index, options),
                warnings);
    }

    /**
     * What {@link #detect} gives to the model: images resized, normalized and padded to the largest, captions as tokens
     * padded to the longest. For raw outputs:
     *
     * <pre>{@code
     * try (MdetrInput input = mdetr.prepare(requests, mdetr.evaluationResize());
     *         MdetrOutput output = mdetr.model().forward(input)) {
     *     float[] logits = output.logits().toFloats(); // [B, Q, 256]
     * }
     * }</pre>
     *
     * @return on the model's device; close it
     * @throws IllegalArgumentException when there is none, or a caption is longer than the text encoder takes
     * @throws TokenizerException when a caption is no valid text: half of a surrogate pair
     * @throws InputTooLargeException when the images are larger than the {@link LoadOptions#limits}
     */
    public MdetrInput prepare(List<DetectRequest> requests, ResizePolicy resize) {
        BatchEncoding text = preprocessor.encode(requests, "caption");
        checkSize(Preprocessor.images(requests), requests.size(), longest(text), resize);
        return preprocessor.input(requests, text, resize);
    }

    private static List<String> warnings(DetectRequest request, Encoding text) {
        List<String> warnings = new ArrayList<>();
        int beyond = text.length() - TokenPositions.COUNT;
        if (beyond > 0) {
            warnings.add("caption has " + text.length() + " tokens: no box can point to the last " + beyond
                    + ", only to the first " + TokenPositions.COUNT);
            int[][][] spans = request.spans().stream()
                    .map(s -> new int[][] {{s.begin(), s.end()}})
                    .toArray(int[][][]::new);
            PositiveMap.clipped(text.charOffsets(), spans)
                    .forEach(span -> warnings.add(span.warning(request.caption())));
        }
        return warnings;
    }

    /** Gives the model's memory back. */
    @Override
    public void close() {
        model.close();
    }
}
