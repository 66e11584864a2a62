package io.github.mdetr.nn.pipeline;

import static io.github.mdetr.nn.pipeline.TinyMdetr.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be loaded or detected is one clear error, and leaves no tensor behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MdetrErrorsTest {
    private static final String BACKENDS = "io.github.mdetr.nn.GoldenCases#backends";

    @TempDir
    static Path folder;

    private TinyMdetr tiny;

    @BeforeAll
    void write() throws IOException {
        tiny = TinyMdetr.in(folder);
    }

    private static void assertNotLoaded(
            String backend, Class<? extends Exception> type, String message, Path file, LoadOptions options) {
        GoldenCases.on(backend, () -> assertRefused(type, message, () -> Mdetr.load(file, options)));
    }

    // ---- files ----

    @Test
    void anAbsentFile() {
        assertNotLoaded(
                "reference",
                IOException.class,
                "none.safetensors",
                folder.resolve("none.safetensors"),
                TinyMdetr.VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aTruncatedFile(String backend) throws IOException {
        Path file = folder.resolve("truncated-" + backend + ".safetensors");
        Files.copy(tiny.file(), file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1000);
        }
        assertNotLoaded(backend, IOException.class, file.getFileName().toString(), file, TinyMdetr.VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void weightsThatLackSome(String backend) throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Map<String, Shape> shapes = new LinkedHashMap<>(parity.weights().shapes());
        shapes.remove("bbox_embed.layers.2.bias");
        shapes.put("transformer.resizer.fc.bias", Shape.of(63));
        Path file = folder.resolve("lacking-" + backend + ".safetensors");
        TinyCheckpoint.write(parity.weights(), shapes, ConfigArguments.of(parity.config()), file);
        assertNotLoaded(
                backend,
                IllegalStateException.class,
                "does not fit the model: 1 missing (bbox_embed.layers.2.bias); 1 of another shape"
                        + " (transformer.resizer.fc.bias: expected [64], got [63])",
                file,
                TinyMdetr.VOCABULARY);
    }

    @Test
    void weightsOfAnotherModel() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Map<String, Shape> shapes = new LinkedHashMap<>(parity.weights().shapes());
        shapes.keySet().removeIf(n -> n.startsWith("transformer.") || n.startsWith("class_embed."));
        Path file = folder.resolve("detr.safetensors");
        TinyCheckpoint.write(parity.weights(), shapes, null, file);
        assertNotLoaded(
                "reference",
                IllegalArgumentException.class,
                "does not hold an MDETR: it has no ",
                file,
                TinyMdetr.VOCABULARY);
    }

    @Test
    void argumentsThatContradictTheWeights() {
        LoadOptions options = LoadOptions.builder()
                .vocabulary(GoldenCases.resource("/vocab-tiny"))
                .argument("num_queries", 100)
                .argument("backbone", "resnet101")
                .build();
        assertNotLoaded(
                "reference",
                IllegalArgumentException.class,
                "num_queries: stated as 100, but the weights have 12",
                tiny.file(),
                options);
        assertNotLoaded(
                "reference",
                IllegalArgumentException.class,
                "backbone: stated as resnet101, but the weights have resnet18",
                tiny.file(),
                options);
    }

    @Test
    void aFileWithoutMovingAverage() {
        LoadOptions options = LoadOptions.builder()
                .vocabulary(GoldenCases.resource("/vocab-tiny"))
                .ema(true)
                .build();
        assertNotLoaded("reference", IOException.class, "model_ema", tiny.file(), options);
    }

    // ---- vocabularies ----

    @Test
    void noVocabularyBesideTheWeights() {
        assertNotLoaded("reference", TokenizerException.class, "vocab.json", tiny.file(), LoadOptions.defaults());
    }

    @Test
    void aVocabularyOfAnotherSize() throws IOException {
        Path small = Files.createDirectories(folder.resolve("small"));
        Path vocabulary = GoldenCases.resource("/vocab-tiny");
        String merges = Files.readString(vocabulary.resolve("merges.txt"));
        Files.writeString(small.resolve("merges.txt"), merges.replace("\nlicense s", ""));
        String tokens = Files.readString(vocabulary.resolve("vocab.json"));
        Files.writeString(small.resolve("vocab.json"), tokens.replace(",\"licenses\":1023", ""));
        assertNotLoaded(
                "reference",
                IllegalArgumentException.class,
                "has 1023 tokens, the model's text encoder 1024; give the vocabulary it was trained with",
                tiny.file(),
                LoadOptions.builder().vocabulary(small).build());
    }

    /** For files whose values were changed behind their checksums. */
    private static final LoadOptions UNVERIFIED = LoadOptions.builder()
            .vocabulary(GoldenCases.resource("/vocab-tiny"))
            .verify(false)
            .build();

    // ---- captions ----

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void captionsThatDoNotFit(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                DetectRequest good = DetectRequest.of(TinyMdetr.image(32, 32, 1), "x");
                DetectRequest full = DetectRequest.of(good.image(), "a" + " a".repeat(125));
                DetectRequest longer = DetectRequest.of(good.image(), full.caption() + " a a");
                assertEquals(128, mdetr.tokenizer().encode(full.caption()).length());
                mdetr.detect(List.of(good), TinyMdetr.ALL);
                assertRefused(
                        IllegalArgumentException.class,
                        "caption 1: 130 tokens, the text encoder takes at most 128; shorten it",
                        () -> mdetr.detect(List.of(good, longer), TinyMdetr.ALL));
                mdetr.detect(List.of(full), TinyMdetr.ALL);
                assertRefused(
                        TokenizerException.class,
                        "surrogate",
                        () -> mdetr.detect(good.image(), "a \ud83d dog", TinyMdetr.ALL));
                assertRefused(
                        IllegalArgumentException.class,
                        "expected at least one caption, got none",
                        () -> mdetr.detect(List.of(), TinyMdetr.ALL));
                assertRefused(
                        IllegalArgumentException.class,
                        "expected a text that names something",
                        () -> mdetr.detect(good.image(), " \u00a0", TinyMdetr.ALL));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void weightsThatAreNoNumbers(String backend) throws IOException {
        Path file = withLast("bbox_embed.layers.2.bias", Float.NaN, backend);
        GoldenCases.on(
                backend,
                () -> assertRefused(
                        IllegalStateException.class,
                        "weight bbox_embed.layers.2.bias holds a value that is no finite number: the file is damaged",
                        () -> Mdetr.load(file, UNVERIFIED)));
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void outputsThatAreNoNumbers(String backend) throws IOException {
        Path file = withLast("transformer.decoder.norm.weight", Float.MAX_VALUE, backend);
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = Mdetr.load(file, UNVERIFIED)) {
                assertRefused(
                        IllegalStateException.class,
                        "token probabilities hold NaN: its weights are damaged",
                        () -> mdetr.detect(TinyMdetr.image(32, 32, 1), "x", TinyMdetr.ALL));
            }
        });
    }

    @Test
    void variancesBelowZero() throws IOException {
        Path file = withLast("backbone.0.body.bn1.running_var", -1, "reference");
        GoldenCases.on(
                "reference",
                () -> assertRefused(
                        IllegalStateException.class,
                        "backbone.0.body.bn1.running_var: expected variances of 0 or more, got -1.0",
                        () -> Mdetr.load(file, UNVERIFIED)));
    }

    /** The tiny model with one value in all of a weight. */
    private static Path withLast(String name, float value, String backend) throws IOException {
        Path file = folder.resolve(name + value + backend + ".safetensors");
        ParityCase parity = GoldenCases.tiny("tiny");
        Map<String, Shape> shapes = new LinkedHashMap<>(parity.weights().shapes());
        Shape shape = Objects.requireNonNull(shapes.remove(name));
        shapes.put(name, shape); // the last in the file
        TinyCheckpoint.write(parity.weights(), shapes, ConfigArguments.of(parity.config()), file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (4 * shape.size())).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                bytes.putFloat(value);
            }
            channel.write(bytes.flip(), channel.size() - bytes.limit());
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void whoeverDetectsWhileTheModelIsClosedGetsAResultOrAnError(String backend) {
        GoldenCases.on(backend, () -> {
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                for (int round = 0; round < 5; round++) {
                    Mdetr mdetr = tiny.load();
                    DetectRequest request = DetectRequest.of(TinyMdetr.image(64, 64, 1), "a dog");
                    List<DetectResult> expected = mdetr.detect(List.of(request), TinyMdetr.ALL);
                    CountDownLatch begun = new CountDownLatch(2);
                    List<Future<Boolean>> all = Stream.generate(() -> threads.submit(() -> {
                                begun.countDown();
                                return untilClosed(mdetr, request, expected);
                            }))
                            .limit(2)
                            .toList();
                    begun.await();
                    Thread.sleep(3L * round);
                    mdetr.close();
                    for (Future<Boolean> f : all) {
                        assertTrue(f.get());
                    }
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            } finally {
                threads.shutdownNow();
            }
        });
    }

    private static boolean untilClosed(Mdetr mdetr, DetectRequest request, List<DetectResult> expected) {
        while (true) {
            try {
                assertEquals(expected, mdetr.detect(List.of(request), TinyMdetr.ALL));
            } catch (IllegalStateException e) {
                return String.valueOf(e.getMessage()).contains("closed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void anErrorWithinAPassLeavesNothingBehind(String backend) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = GoldenCases.tiny("tiny-dc5-learned");
            try (MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE);
                    Tensor wide = Tensor.zeros(1, 16, 51 * 16, 3)) { // no scope around: nobody else would close it
                assertRefused(
                        IllegalArgumentException.class,
                        "learned positions: the feature map has 1×51 pixels",
                        () -> model.encodeImages(wide, ImagePadding.none(1, 16, 51 * 16)));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void afterCloseThereIsNoModel(String backend) {
        GoldenCases.on(backend, () -> {
            Mdetr mdetr = tiny.load();
            mdetr.close();
            mdetr.close();
            assertRefused(
                    IllegalStateException.class,
                    "closed",
                    () -> mdetr.detect(TinyMdetr.image(32, 32, 1), "x", TinyMdetr.ALL));
        });
    }
}
