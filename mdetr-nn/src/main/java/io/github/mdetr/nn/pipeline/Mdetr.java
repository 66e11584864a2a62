package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.Normalization;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.nn.text.TokenPositions;
import io.github.mdetr.tokenizer.BatchEncoding;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
    private final MdetrModel model;
    private final RobertaTokenizer tokenizer;
    private final int longestToken;
    private final Normalization normalization = Normalization.imageNet();

    private Mdetr(MdetrModel model, RobertaTokenizer tokenizer) {
        checkVocabulary("tokenizer", tokenizer, model.config());
        this.model = model;
        this.tokenizer = tokenizer;
        this.longestToken = IntStream.range(0, tokenizer.vocabSize())
                .map(id -> tokenizer.idToToken(id).length())
                .max()
                .orElse(1);
    }

    /** Loads a checkpoint, safetensors or PyTorch's, with the vocabulary beside it. */
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
        try (Checkpoint checkpoint = Checkpoint.open(weights)) {
            String section = options.ema() ? Checkpoint.MODEL_EMA : Checkpoint.MODEL;
            MdetrConfig config = ModelLoader.config(checkpoint, section, options.arguments());
            RobertaTokenizer tokenizer = tokenizer(weights, options, config);
            return new Mdetr(
                    ModelLoader.load(checkpoint, section, options.arguments(), Mode.INFERENCE, options.precision()),
                    tokenizer);
        }
    }

    /**
     * A model and a tokenizer that belong together; closing this closes the model.
     *
     * @throws IllegalArgumentException when the tokenizer has more or fewer tokens than the model's text encoder; the
     *     model stays the caller's
     */
    public static Mdetr of(MdetrModel model, RobertaTokenizer tokenizer) {
        return new Mdetr(model, tokenizer);
    }

    private static RobertaTokenizer tokenizer(Path weights, LoadOptions options, MdetrConfig config) {
        RobertaTokenizer ready = options.tokenizer();
        if (ready != null) {
            checkVocabulary("tokenizer", ready, config);
            return ready;
        }
        Path given = options.vocabulary();
        Path folder = given != null
                ? given
                : weights.toAbsolutePath().resolveSibling(".").normalize();
        RobertaTokenizer loaded = RobertaTokenizer.load(folder);
        checkVocabulary("vocabulary " + folder, loaded, config);
        return loaded;
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

    /** The tokenizer. */
    public RobertaTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * Finds what {@code caption} talks about in {@code image}.
     *
     * @throws IllegalArgumentException when the caption is blank or longer than the text encoder takes
     * @throws TokenizerException when it is no valid text: half of a surrogate pair
     * @throws IllegalStateException when this is closed, or an output is no finite number, as with damaged weights
     */
    public DetectResult detect(RgbImage image, String caption, DetectOptions options) {
        return detect(List.of(DetectRequest.of(image, caption)), options).get(0);
    }

    /**
     * The same for several images, each with its caption, in one pass: smaller images are padded to the largest, shorter
     * captions to the longest.
     *
     * @throws IllegalArgumentException when there is none, or a caption is longer than the text encoder takes
     * @throws TokenizerException when a caption is no valid text: half of a surrogate pair
     * @throws IllegalStateException when this is closed, or an output is no finite number, as with damaged weights
     */
    public List<DetectResult> detect(List<DetectRequest> requests, DetectOptions options) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("detect: expected at least one image, got none");
        }
        for (int i = 0; i < requests.size(); i++) {
            checkChars(i, requests.get(i).caption());
        }
        BatchEncoding text = tokenizer.encodeBatch(
                requests.stream().map(DetectRequest::caption).toList());
        for (int i = 0; i < requests.size(); i++) {
            checkTokens(i, text.get(i));
        }
        ImageBatch batch =
                ImageBatch.resized(requests.stream().map(DetectRequest::image).toList(), options.resize());
        Predictions predictions = Context.with(model.device(), () -> predict(batch, text));
        return IntStream.range(0, requests.size())
                .mapToObj(i -> result(requests.get(i), text.get(i), predictions, i, options))
                .toList();
    }

    /** Refuses what would be too long in any words, before megabytes are made tokens. */
    private void checkChars(int index, String caption) {
        int limit = model.config().textEncoder().maxTokens();
        if (caption.length() > (long) limit * longestToken) {
            throw new IllegalArgumentException("caption " + index + ": " + caption.length()
                    + " chars, the text encoder takes at most " + limit + " tokens of at most " + longestToken
                    + " chars; shorten it");
        }
    }

    private void checkTokens(int index, Encoding e) {
        int limit = model.config().textEncoder().maxTokens();
        if (e.length() > limit) {
            throw new IllegalArgumentException("caption " + index + ": " + e.length()
                    + " tokens, the text encoder takes at most " + limit + "; shorten it");
        }
    }

    /** Probabilities [B, Q, 256] and boxes cxcywh [B, Q, 4], flat. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Predictions(float[] probabilities, float[] boxes) {}

    private Predictions predict(ImageBatch batch, BatchEncoding text) {
        try (Scope scope = Scope.open()) {
            Tensor pixels = Tensor.empty(
                    model.device(), DType.FLOAT32, Shape.of(batch.count(), batch.height(), batch.width(), 3));
            pixels.write(FloatBuffer.wrap(batch.normalized(normalization)));
            MdetrInput input =
                    new MdetrInput(pixels, batch.padding(), new TokenBatch(text.ids(), text.attentionMask()));
            try (MdetrOutput output = model.forward(input)) {
                Tensor p = Reductions.softmax(output.logits(), -1);
                return new Predictions(
                        finite("token probabilities", p.toFloats()),
                        finite("boxes", output.boxes().toFloats()));
            }
        }
    }

    /** Refuses numbers that are none: comparing them would look like an image in which nothing was found. */
    private static float[] finite(String what, float[] values) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw new IllegalStateException(
                        "the model's " + what + " hold " + v + ": its weights are damaged or its"
                                + " training diverged; compare the checkpoint with its source");
            }
        }
        return values;
    }

    private DetectResult result(
            DetectRequest request, Encoding text, Predictions all, int index, DetectOptions options) {
        PhraseReader reader = new PhraseReader(request.caption(), text, options.phraseThreshold());
        int queries = model.config().queries();
        List<Detection> kept = IntStream.range(0, queries)
                .mapToObj(q -> detection(request, reader, all, index * queries + q, q))
                .filter(d -> d.score() >= options.threshold())
                .sorted(Comparator.comparingDouble(Detection::score).reversed().thenComparingInt(Detection::query))
                .limit(options.topK())
                .toList();
        RgbImage image = request.image();
        return new DetectResult(image.width(), image.height(), request.caption(), kept, warnings(request, text));
    }

    private static Detection detection(
            DetectRequest request, PhraseReader reader, Predictions all, int row, int query) {
        int classes = MdetrConfig.TOKEN_CLASSES;
        float[] p = Arrays.copyOfRange(all.probabilities, row * classes, (row + 1) * classes);
        float[] b = Arrays.copyOfRange(all.boxes, row * 4, row * 4 + 4);
        float none = p[classes - 1];
        int width = request.image().width();
        int height = request.image().height();
        List<SpanScore> spans = request.spans().stream()
                .map(s -> new SpanScore(s, reader.score(p, s)))
                .toList();
        return new Detection(
                query, 1 - none, none, PixelBox.of(b[0], b[1], b[2], b[3], width, height), reader.read(p), spans);
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
