package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Normalizations;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.backbone.Backbone;
import io.github.mdetr.nn.backbone.PositionEmbedding;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.layer.Conv2d;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.Embedding;
import io.github.mdetr.nn.layer.Linear;
import io.github.mdetr.nn.text.RobertaEncoder;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.nn.transformer.CrossEncoder;
import io.github.mdetr.nn.transformer.Decoder;
import io.github.mdetr.nn.transformer.Resizer;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * MDETR (Kamath et al., ICCV 2021): backbone and RoBERTa, joined by a transformer encoder, a decoder that asks for Q
 * objects, and heads. Owns its weights; close it when done. Made for inference it can be shared by threads.
 *
 * <p>A pass is two halves and a join, {@link #encodeImages}, {@link #encodeText} and {@link #ground}, so that an image
 * serves many captions and a caption many images; {@link #forward} does all three.
 */
public final class MdetrModel implements AutoCloseable {
    private final MdetrConfig config;
    private final Parameters parameters;
    private final Device device = Device.current();
    private volatile boolean closed;

    private final Backbone backbone;
    private final PositionEmbedding positions;
    private final Conv2d inputProjection;
    private final RobertaEncoder textEncoder;
    private final Resizer resizer;
    private final CrossEncoder encoder;
    private final Decoder decoder;
    private final Embedding queries;
    private final DetectionHeads heads;
    private final @Nullable Linear tokenAlignment;
    private final @Nullable ImageTextHeads imageText;

    private MdetrModel(MdetrConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        Parameters.Path root = parameters.root();
        Parameters.Path transformer = root.child("transformer");
        TransformerConfig sizes = config.transformer();
        int width = sizes.width();
        encoder = new CrossEncoder(transformer.child("encoder"), sizes);
        decoder = new Decoder(transformer.child("decoder"), sizes);
        textEncoder = new RobertaEncoder(transformer.child("text_encoder"), config.textEncoder(), config.contrastive());
        int textWidth = config.textEncoder().hiddenSize();
        resizer = new Resizer(transformer.child("resizer"), textWidth, width, sizes.dropout());
        heads = new DetectionHeads(root.inFloat32(), config);
        queries = new Embedding(root.child("query_embed"), config.queries(), width, Init.normal(1));
        backbone = config.backbone().create(root.child("backbone.0.body"), config.dilation());
        positions = config.positions().create(root.child("backbone.1"), width);
        inputProjection = new Conv2d(root.child("input_proj"), backbone.channels()[3], width, 1, Window.of(1, 0));
        imageText = config.contrastive() ? new ImageTextHeads(root.inFloat32(), config) : null;
        tokenAlignment = config.contrastiveAlign()
                ? Linear.of(
                        root.child("contrastive_align_projection_text").inFloat32(), width, config.contrastiveWidth())
                : null;
    }

    /**
     * The model with weights read from {@code source}, on the current device.
     *
     * @throws IllegalStateException that lists the weights that are missing, of another shape or unexpected
     */
    public static MdetrModel load(MdetrConfig config, WeightSource source, Mode mode) {
        return load(config, source, mode, Precision.FLOAT32);
    }

    /**
     * The model with weights read from {@code source}, on the current device, to compute in that precision.
     *
     * @throws IllegalStateException that lists the weights that are missing, of another shape or unexpected
     * @throws IllegalArgumentException when the device or the mode cannot compute in that precision
     */
    public static MdetrModel load(MdetrConfig config, WeightSource source, Mode mode, Precision precision) {
        return make(config, Parameters.from(source, mode, precision));
    }

    /** The model with fresh weights, on the current device; equal seeds give equal ones. */
    public static MdetrModel fresh(MdetrConfig config, long seed, Mode mode) {
        return fresh(config, seed, mode, Precision.FLOAT32);
    }

    /**
     * The model with fresh weights, on the current device, to compute in that precision.
     *
     * @throws IllegalArgumentException when the device or the mode cannot compute in that precision
     */
    public static MdetrModel fresh(MdetrConfig config, long seed, Mode mode, Precision precision) {
        return make(config, Parameters.fresh(seed, mode, precision));
    }

    private static MdetrModel make(MdetrConfig config, Parameters parameters) {
        try {
            MdetrModel model = Device.current().run(() -> new MdetrModel(config, parameters));
            parameters.verify(MdetrModel::isOptional);
            return model;
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /** State that a checkpoint may carry and a model does not need: old position buffers, and a pooler that nothing reads. */
    private static boolean isOptional(String name) {
        return name.equals("transformer.text_encoder.embeddings.position_ids")
                || name.startsWith("transformer.text_encoder.pooler.");
    }

    /** Predictions for each image and its caption; the last decoder layer's alone, without dropout. */
    public MdetrOutput forward(MdetrInput input) {
        return forward(input, ForwardOptions.inference());
    }

    /** Predictions for each image and its caption. */
    public MdetrOutput forward(MdetrInput input, ForwardOptions options) {
        return compute(() -> {
            try (Scope scope = Scope.open();
                    TextFeatures text = encodeText(input.tokens(), options.dropout());
                    ImageFeatures image = encodeImages(input.images(), input.padding())) {
                MdetrOutput out = ground(image, text, options);
                out.tensors().forEach(scope::keep);
                return out;
            }
        });
    }

    /**
     * Encodes images: backbone, input projection and positions.
     *
     * @param images [B, H, W, 3], normalized, zeros on padding
     */
    public ImageFeatures encodeImages(Tensor images, ImagePadding padding) {
        MdetrInput.checkImages(images, padding);
        return compute(() -> {
            try (Scope scope = Scope.open()) {
                Tensor map = backbone.forward(images); // [B, h, w, C]
                int h = map.dim(1);
                int w = map.dim(2);
                Tensor projected = Shapes.toFloat32(inputProjection.forward(map));
                Tensor tokens = Shapes.reshape(projected, padding.count(), h * w, -1); // [B, h·w, D]
                Tensor mask = Tensor.of(padding.mask(h, w), Shape.of(padding.count(), h * w));
                ImageFeatures out = new ImageFeatures(map, tokens, positions.forward(padding, h, w), mask);
                out.tensors().forEach(scope::keep);
                return out;
            }
        });
    }

    /** Encodes captions without dropout. */
    public TextFeatures encodeText(TokenBatch tokens) {
        return encodeText(tokens, Dropout.none());
    }

    /**
     * Encodes captions: RoBERTa and resizer.
     *
     * @throws IllegalArgumentException when a caption is too long or a token outside the vocabulary
     */
    public TextFeatures encodeText(TokenBatch tokens, Dropout dropout) {
        return compute(() -> {
            try (Scope scope = Scope.open()) {
                Tensor features = textEncoder.forward(tokens, dropout); // [B, T, H]
                Tensor pooled = imageText == null ? null : imageText.projectText(textEncoder.pool(features));
                TextFeatures out = new TextFeatures(resizer.forward(features, dropout), tokens.paddingMask(), pooled);
                out.tensors().forEach(scope::keep);
                return out;
            }
        });
    }

    /**
     * Joins each image with its captions, as many for each, or a single caption with all images: cross encoder, decoder and
     * heads. So an image is encoded once for all the phrases it is asked for, and a phrase once for all images.
     *
     * @return predictions for each pair
     * @throws IllegalArgumentException when there are several captions and they are no multiple of the images
     */
    public MdetrOutput ground(ImageFeatures image, TextFeatures text, ForwardOptions options) {
        int pairs = MdetrInput.pairs("ground", image.count(), text.count());
        return compute(() -> {
            try (Scope scope = Scope.open()) {
                JointTokens in = joint(image, text, pairs); // [B, S, D]
                Tensor memory = encoder.forward(in.tokens, in.positions, in.mask, options.dropout());
                List<LayerOutput> layers = decoder
                        .forward(queries.table(), memory, in.positions, in.mask, options.auxiliary(), options.dropout())
                        .stream()
                        .map(heads::forward)
                        .toList();
                int last = layers.size() - 1;
                MdetrOutput out = new MdetrOutput(
                        layers.get(last),
                        layers.subList(0, last),
                        tokenAlignment == null
                                ? null
                                : align(memory, text.tokens().dim(1)),
                        text.pooled() == null ? null : alias(text.pooled()),
                        imageText == null ? null : imageText.projectImage(memory),
                        memory,
                        in.mask,
                        alias(text.tokens()),
                        alias(image.map()));
                out.tensors().forEach(scope::keep);
                return out;
            }
        });
    }

    private record JointTokens(Tensor tokens, Tensor positions, Tensor mask) {}

    /** The encoder's input: CLS where there is one, image and text; only image has positions. */
    private JointTokens joint(ImageFeatures image, TextFeatures text, int pairs) {
        List<Tensor> tokens = new ArrayList<>(List.of(repeat(image.tokens(), pairs), repeat(text.tokens(), pairs)));
        List<Tensor> places = new ArrayList<>(List.of(
                repeat(image.positions(), pairs),
                Tensor.zeros(tokens.get(1).shape().dims())));
        List<Tensor> masks = new ArrayList<>(List.of(repeat(image.mask(), pairs), repeat(text.mask(), pairs)));
        if (imageText != null) {
            tokens.add(0, imageText.cls(pairs));
            places.add(0, Tensor.zeros(pairs, 1, config.transformer().width()));
            masks.add(0, Tensor.of(new boolean[pairs], Shape.of(pairs, 1)));
        }
        return new JointTokens(Shapes.concat(tokens, 1), Shapes.concat(places, 1), Shapes.concat(masks, 1));
    }

    /** What belongs to images or captions [N, ...], for each of the pairs that they are in: each N-th of them in a row. */
    private static Tensor repeat(Tensor x, int pairs) {
        int n = x.dim(0);
        if (n == pairs) {
            return x;
        }
        if (n == 1) {
            return Shapes.broadcastTo(x, x.shape().with(0, pairs));
        }
        int[] dims = x.shape().dims();
        int each = pairs / n;
        Tensor apart = Shapes.reshape(x, n, 1, Math.toIntExact(x.size() / n));
        Tensor repeated = Shapes.broadcastTo(apart, apart.shape().with(1, each));
        dims[0] = pairs;
        return Shapes.reshape(repeated, dims);
    }

    /** Token embeddings [B, T, E] from the encoder's output at the text, its last {@code length} tokens. */
    private Tensor align(Tensor memory, int length) {
        Linear projection = Objects.requireNonNull(tokenAlignment);
        try (Scope scope = Scope.open()) {
            Tensor text = Shapes.slice(memory, 1, memory.dim(1) - length, memory.dim(1)); // [B, T, D]
            return scope.keep(Normalizations.l2Normalize(projection.forward(text)));
        }
    }

    /** Another handle on the same values, so that outputs and features can be closed in any order. */
    private static Tensor alias(Tensor x) {
        return Shapes.reshape(x, x.shape().dims());
    }

    private <T> T compute(Supplier<T> work) {
        return Context.with(
                device,
                () -> device.run(() -> {
                    if (closed) {
                        throw new IllegalStateException("this model is closed");
                    }
                    return work.get();
                }));
    }

    /** What it is made of. */
    public MdetrConfig config() {
        return config;
    }

    /** Its weights, by their published names. */
    public Parameters parameters() {
        return parameters;
    }

    /** Where it computes; inputs must live there. */
    public Device device() {
        return device;
    }

    /** Writes weights and configuration as a checkpoint of safetensors that any program of the project loads. */
    public void save(Path file) throws IOException {
        save(file, Map.of());
    }

    /**
     * The same with more arguments, such as {@code eval_resize}, the size of images that it learned from.
     *
     * @param arguments by their names
     */
    public void save(Path file, Map<String, ?> arguments) throws IOException {
        CheckpointWriter.save(file, this, arguments);
    }

    /** Gives the weights back, after the passes that other threads have begun; those that begin later fail. */
    @Override
    public void close() {
        device.run(() -> {
            closed = true;
            parameters.close();
            return true;
        });
    }
}
