package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.function.Executable;

/** The tiny golden model as a file, and a vocabulary of as many tokens. */
record TinyMdetr(Path file) {
    static final DetectOptions ALL = DetectOptions.defaults().withThreshold(0).withResize(ResizePolicy.nativeSize());
    static final LoadOptions VOCABULARY = LoadOptions.builder()
            .vocabulary(GoldenCases.resource("/vocab-tiny"))
            .build();

    /** Writes the file into a folder. */
    static TinyMdetr in(Path folder) throws IOException {
        return written(folder.resolve("tiny.safetensors"), Map.of());
    }

    /** Writes the model of another reference case. */
    static TinyMdetr in(Path folder, String name) throws IOException {
        ParityCase parity = GoldenCases.tiny(name);
        Path file = folder.resolve(name + ".safetensors");
        TinyCheckpoint.write(parity.weights(), parity.weights().shapes(), ConfigArguments.of(parity.config()), file);
        return new TinyMdetr(file);
    }

    /** Another file beside it, whose text encoder has that many rows of positions. */
    TinyMdetr withPositions(int rows) throws IOException {
        return written(
                file.resolveSibling("positions.safetensors"),
                Map.of("transformer.text_encoder.embeddings.position_embeddings.weight", Shape.of(rows, 48)));
    }

    private static TinyMdetr written(Path file, Map<String, Shape> others) throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Map<String, Shape> shapes = new LinkedHashMap<>(parity.weights().shapes());
        shapes.putAll(others);
        Map<String, Object> args = ConfigArguments.of(parity.config());
        if (!others.isEmpty()) {
            args.put("text_encoder", Map.of("num_attention_heads", 4));
        }
        TinyCheckpoint.write(parity.weights(), shapes, args, file);
        return new TinyMdetr(file);
    }

    Mdetr load() throws IOException {
        return Mdetr.load(file, VOCABULARY);
    }

    /** Works with the model on the plain-Java backend and checks that no tensor stays. */
    void with(Consumer<Mdetr> work) {
        GoldenCases.on("reference", () -> {
            try (Mdetr mdetr = load()) {
                work.accept(mdetr);
            }
        });
    }

    /** An image of noise. */
    static RgbImage image(int width, int height, long seed) {
        byte[] rgb = new byte[width * height * 3];
        new SplittableRandom(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    /** Checks the error, which is one line. */
    static void assertRefused(Class<? extends Exception> type, String message, Executable work) {
        String got = String.valueOf(assertThrows(type, work).getMessage());
        assertTrue(got.contains(message), got);
        assertTrue(got.lines().count() == 1, got);
    }
}
