package io.github.mdetr.nn.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.CheckpointWeights;
import io.github.mdetr.nn.mdetr.ConfigReader;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.text.TokenBatch;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A reference case on disk: {@code NAME.json} holds configuration, parameters by formula, images by formula, tokens and
 * targets, and how far float32 itself is from float64; {@code NAME.safetensors} the expected outputs.
 */
public final class ParityCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Values of a parameter, or of all images together: as many as an array has. */
    private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    /** Where an image of the case comes from and how large it is. */
    private record Image(String key, int height, int width, float base, float amp) {}

    private final String name;
    private final Path outputs;
    private final JsonNode json;
    private final FormulaWeights weights;

    private ParityCase(String name, Path outputs, JsonNode json) {
        this.name = name;
        this.outputs = outputs;
        this.json = json;
        this.weights = new FormulaWeights("parity case " + name, CaseJson.text(json, "seed"), entries(json));
    }

    /**
     * Reads {@code directory/name.json}; its outputs are read when asked for.
     *
     * @throws IOException when a file is absent or not JSON
     * @throws IllegalArgumentException when the JSON lacks something
     */
    public static ParityCase read(Path directory, String name) throws IOException {
        Path file = directory.resolve(name + ".json");
        JsonNode json;
        try {
            json = JSON.readTree(Files.readAllBytes(file));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        try {
            return new ParityCase(name, directory.resolve(name + ".safetensors"), json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Names of the cases in a folder, sorted: each {@code NAME.json} beside a {@code NAME.safetensors}. */
    public static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(f -> f.endsWith(".json"))
                    .map(f -> f.substring(0, f.length() - ".json".length()))
                    .filter(n -> Files.exists(directory.resolve(n + ".safetensors")))
                    .sorted()
                    .toList();
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The outputs expected, by their published names. */
    Map<String, NamedOutput> expected() throws IOException {
        Map<String, NamedOutput> all = new LinkedHashMap<>();
        try (TensorSource source = SafeTensors.open(outputs)) {
            for (TensorInfo info : source.tensors().values()) {
                all.put(info.name(), new NamedOutput(CheckpointWeights.shape(info), values(source, info)));
            }
        }
        return all;
    }

    /** Its weights. */
    public FormulaWeights weights() {
        return weights;
    }

    private static float[] values(TensorSource source, TensorInfo info) throws IOException {
        if (info.elements() > MAX_ELEMENTS) {
            throw new IllegalArgumentException(
                    source.description() + ": tensor " + info + ": expected at most " + MAX_ELEMENTS + " values");
        }
        float[] values = new float[(int) info.elements()];
        if (info.type().isFloat()) {
            source.readFloats(info.name(), 0, FloatBuffer.wrap(values));
        } else {
            int[] integers = new int[values.length];
            source.readInts(info.name(), 0, IntBuffer.wrap(integers));
            for (int i = 0; i < values.length; i++) {
                values[i] = integers[i];
            }
        }
        return values;
    }

    /** Why this library cannot build its model yet; null when it can. */
    public @Nullable String unsupported() {
        return ConfigReader.unsupported(weights.shapes());
    }

    /**
     * Its configuration, as read from a checkpoint.
     *
     * @throws IllegalArgumentException when it is contradictory
     */
    public MdetrConfig config() {
        Map<String, Object> stated = new HashMap<>(CaseJson.object(json, "config"));
        stated.put("text_encoder", CaseJson.object(json, "text_encoder"));
        return ConfigReader.read(weights.description(), stated, weights.shapes());
    }

    /** Images and captions, on the current device; the caller closes the images. */
    public MdetrInput input() {
        List<Image> images = new ArrayList<>();
        for (JsonNode n : CaseJson.list(json, "images")) {
            images.add(image(n));
        }
        int height = images.stream().mapToInt(Image::height).max().orElse(1);
        int width = images.stream().mapToInt(Image::width).max().orElse(1);
        long elements = elements(images.size(), height, width, 3);
        if (elements > MAX_ELEMENTS) {
            throw new IllegalArgumentException("'images': expected at most " + MAX_ELEMENTS + " values together, got "
                    + images.size() + " images of " + height + "x" + width);
        }
        TokenBatch captions = new TokenBatch(tokens("input_ids"), tokens("attention_mask"));
        float[] pixels = new float[(int) elements];
        for (int b = 0; b < images.size(); b++) {
            draw(images.get(b), pixels, b * height * width, width);
        }
        return new MdetrInput(
                Tensor.of(pixels, images.size(), height, width, 3),
                ImagePadding.of(
                        height,
                        width,
                        images.stream().mapToInt(Image::height).toArray(),
                        images.stream().mapToInt(Image::width).toArray()),
                captions);
    }

    private int[][] tokens(String key) {
        return CaseJson.rows(CaseJson.at(json, key), key, -1);
    }

    private static Image image(JsonNode json) {
        int[] shape = CaseJson.ints(json, "shape");
        if (shape.length != 3 || shape[0] != 3 || shape[1] < 1 || shape[2] < 1) {
            throw new IllegalArgumentException(
                    "'images': expected shapes of 3, height and width of at least 1, got " + Arrays.toString(shape));
        }
        return new Image(
                CaseJson.text(json, "key"),
                shape[1],
                shape[2],
                CaseJson.number(json, "base"),
                CaseJson.number(json, "amp"));
    }

    /** Writes an image, given channels first, into a channels-last frame from pixel {@code origin} on. */
    private static void draw(Image image, float[] pixels, int origin, int frameWidth) {
        float[] values = new float[3 * image.height * image.width];
        Formula.fill(image.key, image.base, image.amp, 0, FloatBuffer.wrap(values));
        int i = 0;
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < image.height; y++) {
                for (int x = 0; x < image.width; x++) {
                    pixels[(origin + y * frameWidth + x) * 3 + c] = values[i++];
                }
            }
        }
    }

    /** The targets' uniform positive maps [N, 256], of all images one after the other. */
    public float[][] positiveMap() {
        List<float[]> rows = new ArrayList<>();
        List<JsonNode> targets = CaseJson.list(json, "targets");
        List<JsonNode> offsets = CaseJson.list(json, "offsets");
        if (offsets.size() != targets.size()) {
            throw new IllegalArgumentException("'offsets': expected those of " + targets.size()
                    + " captions, as there are targets, got " + offsets.size());
        }
        for (int b = 0; b < targets.size(); b++) {
            int[][][] phrases = CaseJson.list(targets.get(b), "tokens_positive").stream()
                    .map(p -> CaseJson.rows(p, "tokens_positive", 2))
                    .toArray(int[][][]::new);
            rows.addAll(List.of(PositiveMap.uniform(CaseJson.rows(offsets.get(b), "offsets", 2), phrases)));
        }
        return rows.toArray(float[][]::new);
    }

    /** The objects of each image, with uniform positive maps. */
    public List<Target> targets() {
        float[][] map = positiveMap();
        List<Target> out = new ArrayList<>();
        int at = 0;
        for (JsonNode t : CaseJson.list(json, "targets")) {
            float[][] boxes = CaseJson.numberRows(t, "boxes", 4);
            boolean[] isFinal = t.hasNonNull("isfinal") ? truths(CaseJson.numbers(t, "isfinal")) : null;
            out.add(new Target(boxes, Arrays.copyOfRange(map, at, at + boxes.length), isFinal));
            at += boxes.length;
        }
        return out;
    }

    private static boolean[] truths(float[] numbers) {
        boolean[] out = new boolean[numbers.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = numbers[i] > 0;
        }
        return out;
    }

    /** What training should give; null where the case holds none. */
    @Nullable
    TrainingReference training() {
        return json.hasNonNull("losses") && json.hasNonNull("gradients") ? new TrainingReference(json) : null;
    }

    /** The key of the numbers that a gradient is multiplied with. */
    String probe(String parameter) {
        return CaseJson.text(json, "seed") + ":probe:" + parameter;
    }

    /** How far float32 PyTorch is from float64 in an output; empty where the case says nothing. */
    public OptionalDouble noise(String output) {
        JsonNode noise = CaseJson.at(json, "noise");
        return noise.has(output) ? OptionalDouble.of(CaseJson.number(noise, output)) : OptionalDouble.empty();
    }

    /** How far PyTorch under bfloat16 autocast is on average; empty where the case says nothing of the output. */
    OptionalDouble noiseBf16(String output) {
        JsonNode all = json.get("noise_bf16");
        JsonNode n = all == null ? null : all.get(output);
        return n == null ? OptionalDouble.empty() : OptionalDouble.of(n.get(1).asDouble()); // [largest, mean]
    }

    private static List<FormulaWeights.Entry> entries(JsonNode json) {
        List<FormulaWeights.Entry> out = new ArrayList<>();
        for (JsonNode p : CaseJson.list(json, "parameters")) {
            String name = CaseJson.text(p, "name");
            int[] dims = CaseJson.ints(p, "shape");
            if (elements(dims) > MAX_ELEMENTS) {
                throw new IllegalArgumentException("parameter '" + name + "': expected a shape of at most "
                        + MAX_ELEMENTS + " values, none of its extents below 0, got " + Arrays.toString(dims));
            }
            out.add(new FormulaWeights.Entry(
                    name, Shape.of(dims), CaseJson.number(p, "base"), CaseJson.number(p, "amp")));
        }
        return out;
    }

    /** The product; beyond any limit where it overflows or an extent is negative. */
    private static long elements(int... dims) {
        long product = 1;
        for (int d : dims) {
            if (d < 0 || product > MAX_ELEMENTS) {
                return Long.MAX_VALUE;
            }
            product *= d;
        }
        return product;
    }
}
