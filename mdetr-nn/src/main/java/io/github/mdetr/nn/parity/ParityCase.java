package io.github.mdetr.nn.parity;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
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
        this.weights = new FormulaWeights("parity case " + name, text(json, "seed"), entries(json));
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
        float[] values = new float[Math.toIntExact(info.elements())];
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
        Map<String, Object> stated = new HashMap<>(map(at(json, "config")));
        stated.put("text_encoder", map(at(json, "text_encoder")));
        return ConfigReader.read(weights.description(), stated, weights.shapes());
    }

    private static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<Map<String, Object>>() {});
    }

    /** Images and captions, on the current device; the caller closes the images. */
    public MdetrInput input() {
        List<Image> images = new ArrayList<>();
        for (JsonNode n : at(json, "images")) {
            JsonNode shape = at(n, "shape");
            images.add(new Image(
                    text(n, "key"), shape.get(1).asInt(), shape.get(2).asInt(), number(n, "base"), number(n, "amp")));
        }
        int height = images.stream().mapToInt(Image::height).max().orElse(1);
        int width = images.stream().mapToInt(Image::width).max().orElse(1);
        float[] pixels = new float[images.size() * height * width * 3];
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
                new TokenBatch(ints(at(json, "input_ids")), ints(at(json, "attention_mask"))));
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
        JsonNode targets = at(json, "targets");
        for (int b = 0; b < targets.size(); b++) {
            int[][] offsets = ints(at(json, "offsets").get(b));
            List<int[][]> phrases = new ArrayList<>();
            at(targets.get(b), "tokens_positive").forEach(p -> phrases.add(ints(p)));
            rows.addAll(List.of(PositiveMap.uniform(offsets, phrases.toArray(int[][][]::new))));
        }
        return rows.toArray(float[][]::new);
    }

    /** How far float32 PyTorch is from float64 in an output; empty where the case says nothing. */
    public OptionalDouble noise(String output) {
        JsonNode n = at(json, "noise").get(output);
        return n == null ? OptionalDouble.empty() : OptionalDouble.of(n.asDouble());
    }

    /** How far PyTorch under bfloat16 autocast is on average; empty where the case says nothing of the output. */
    OptionalDouble noiseBf16(String output) {
        JsonNode all = json.get("noise_bf16");
        JsonNode n = all == null ? null : all.get(output);
        return n == null ? OptionalDouble.empty() : OptionalDouble.of(n.get(1).asDouble()); // [largest, mean]
    }

    private static List<FormulaWeights.Entry> entries(JsonNode json) {
        List<FormulaWeights.Entry> out = new ArrayList<>();
        for (JsonNode p : at(json, "parameters")) {
            int[] dims = JSON.convertValue(at(p, "shape"), int[].class);
            out.add(new FormulaWeights.Entry(text(p, "name"), Shape.of(dims), number(p, "base"), number(p, "amp")));
        }
        return out;
    }

    private static JsonNode at(JsonNode node, String key) {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("no '" + key + "'");
        }
        return value;
    }

    private static String text(JsonNode node, String key) {
        return at(node, key).asText();
    }

    private static float number(JsonNode node, String key) {
        return (float) at(node, key).asDouble();
    }

    private static int[][] ints(JsonNode node) {
        return JSON.convertValue(node, int[][].class);
    }
}
