package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.text.TokenBatch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Predictions of the tiny golden model, loaded from a file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MdetrTest {
    private static final String BACKENDS = "io.github.mdetr.nn.GoldenCases#backends";
    private static final DetectRequest DOG =
            DetectRequest.of(TinyMdetr.image(128, 96, 1), "a small brown dog chases the red ball near two children");
    private static final DetectRequest WOMAN = DetectRequest.of(
            TinyMdetr.image(80, 112, 2), "The woman in a blue coat, holding an umbrella, waits beside a parked car.");

    @TempDir
    static Path folder;

    private TinyMdetr tiny;

    @BeforeAll
    void write() throws IOException {
        tiny = TinyMdetr.in(folder);
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aBatchIsTheModelsOutputOnNormalizedPaddedImages(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load();
                    Scope scope = Scope.open()) {
                List<DetectResult> got = mdetr.detect(List.of(DOG, WOMAN), TinyMdetr.ALL);
                TokenBatch tokens = GoldenCases.tiny("tiny").input().tokens(); // of these captions, by transformers
                float[] expected = padded(112, 128, DOG.image(), WOMAN.image());
                Tensor pixels = Tensor.of(expected, 2, 112, 128, 3);
                ImagePadding padding = ImagePadding.of(112, 128, new int[] {96, 112}, new int[] {128, 80});
                try (MdetrOutput out = mdetr.model().forward(new MdetrInput(pixels, padding, tokens))) {
                    compare(out, 0, got.get(0), 128, 96);
                    compare(out, 1, got.get(1), 80, 112);
                }
                try (MdetrInput input = mdetr.prepare(List.of(DOG, WOMAN), ResizePolicy.nativeSize())) {
                    assertEquals(Shape.of(2, 112, 128, 3), input.images().shape());
                    assertArrayEquals(expected, input.images().toFloats());
                    assertArrayEquals(padding.mask(112, 128), input.padding().mask(112, 128));
                    assertEquals(tokens, input.tokens());
                }
            }
        });
    }

    private static float[] padded(int height, int width, RgbImage... images) {
        float[] mean = {0.485f, 0.456f, 0.406f};
        float[] deviation = {0.229f, 0.224f, 0.225f};
        float[] pixels = new float[images.length * height * width * 3];
        for (int b = 0; b < images.length; b++) {
            RgbImage image = images[b];
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    for (int c = 0; c < 3; c++) {
                        int v = image.pixel(x, y) >> (16 - 8 * c) & 0xff;
                        pixels[((b * height + y) * width + x) * 3 + c] = (v / 255f - mean[c]) / deviation[c];
                    }
                }
            }
        }
        return pixels;
    }

    private static void compare(MdetrOutput out, int image, DetectResult got, int width, int height) {
        float[] logits = out.logits().toFloats();
        float[] boxes = out.boxes().toFloats();
        List<Detection> found = got.detections().stream()
                .sorted(Comparator.comparingInt(Detection::query))
                .toList();
        assertEquals(12, found.size());
        assertEquals(width, got.width());
        assertEquals(height, got.height());
        for (int q = 0; q < 12; q++) {
            int row = image * 12 + q;
            double sum = 0;
            for (int c = 0; c < 256; c++) {
                sum += Math.exp(logits[row * 256 + c]);
            }
            double none = Math.exp(logits[row * 256 + 255]) / sum;
            Detection d = found.get(q);
            assertEquals(none, d.noObject(), 1e-5);
            assertEquals(1 - none, d.score(), 1e-5);
            double w = boxes[row * 4 + 2];
            double h = boxes[row * 4 + 3];
            PixelBox b = d.box();
            assertEquals((boxes[row * 4] - w / 2) * width, b.x0(), 0.01);
            assertEquals((boxes[row * 4 + 1] - h / 2) * height, b.y0(), 0.01);
            assertEquals(w * width, b.width(), 0.01);
            assertEquals(h * height, b.height(), 0.01);
        }
    }

    @Test
    void preparedInputIsTheCallersToClose() {
        tiny.with(mdetr -> {
            long before = mdetr.model().device().memory().live();
            MdetrInput input = mdetr.prepare(List.of(DOG, WOMAN), ResizePolicy.shortestSide(64));
            assertEquals(Shape.of(2, 89, 85, 3), input.images().shape());
            input.close();
            assertEquals(before, mdetr.model().device().memory().live());
        });
    }

    /** Normalized pixels are four times the photograph; on the heap there are some rows of them. */
    @Test
    void pixelsGoToTheTensorWithoutAFloatCopyOnTheHeap() {
        assumeTrue(Backends.available().contains("onednn"), "onednn cannot run here");
        GoldenCases.on("onednn", () -> {
            try (Mdetr mdetr = tiny.load()) {
                List<DetectRequest> large = List.of(DetectRequest.of(TinyMdetr.image(1333, 800, 1), "x"));
                mdetr.prepare(large, ResizePolicy.nativeSize()).close();
                var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
                long before = threads.getCurrentThreadAllocatedBytes();
                mdetr.prepare(large, ResizePolicy.nativeSize()).close();
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                long floats = 4L * 3 * 1333 * 800;
                assertTrue(allocated < floats / 8, allocated + " bytes on the heap for an image of " + floats);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void anImageOfManyCaptionsIsEncodedOnce(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                List<DetectRequest> many = Stream.of("a dog", "the red ball near two small children", "an umbrella")
                        .map(c -> DetectRequest.of(DOG.image(), c).withSpans(List.of(new Span(0, c.length()))))
                        .toList();
                try (MdetrInput input = mdetr.prepare(many, ResizePolicy.nativeSize())) {
                    assertEquals(Shape.of(1, 96, 128, 3), input.images().shape());
                    assertEquals(3, input.tokens().count());
                }
                List<DetectResult> got = mdetr.detect(many, TinyMdetr.ALL);
                for (int i = 0; i < many.size(); i++) {
                    assertNear(one(mdetr, many.get(i)), got.get(i));
                }
                assertNotEquals(
                        got.get(0).detections().get(0).box(),
                        got.get(1).detections().get(0).box());
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void eachPhraseIsLookedForByItself(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                List<String> phrases =
                        List.of("a dog", "zebra", "the red ball near two small children", "car", "child");
                List<DetectResult> got = mdetr.detectEach(DOG.image(), phrases, TinyMdetr.ALL);
                assertEquals(phrases, got.stream().map(DetectResult::caption).toList());
                for (DetectResult one : got) {
                    DetectResult alone = one(mdetr, DetectRequest.of(DOG.image(), one.caption()));
                    for (int q = 0; q < 12; q++) {
                        assertEquals(
                                byQuery(alone).get(q).score(),
                                byQuery(one).get(q).score(),
                                1e-4);
                    }
                    assertEquals(List.of(), one.warnings());
                }
                TinyMdetr.assertRefused(
                        IllegalArgumentException.class,
                        "caption",
                        () -> mdetr.detectEach(DOG.image(), List.of("a dog", " "), TinyMdetr.ALL));
                TinyMdetr.assertRefused(
                        IllegalArgumentException.class,
                        "expected at least one",
                        () -> mdetr.detectEach(DOG.image(), List.of(), TinyMdetr.ALL));
            }
        });
    }

    /** The bias of "no object" decides alone what such a model says. */
    @ParameterizedTest
    @CsvSource({"30, true", "-30, false"})
    void aCaptionOfNothingInTheImageIsWarnedOf(float noObject, boolean warned) {
        tiny.with(mdetr -> {
            Tensor bias = Objects.requireNonNull(mdetr.model().parameters().find("class_embed.bias"))
                    .tensor();
            bias.writeAt(255, FloatBuffer.wrap(new float[] {noObject}));
            DetectResult got = one(mdetr, DOG);
            assertEquals(
                    warned
                            ? List.of("caption may not describe this image: every box is more likely nothing than"
                                    + " something")
                            : List.of(),
                    got.warnings());
        });
    }

    /** The same detections up to what rounding makes of another batch. */
    private static void assertNear(DetectResult expected, DetectResult got) {
        assertEquals(expected.caption(), got.caption());
        List<Detection> e = byQuery(expected);
        List<Detection> g = byQuery(got);
        assertEquals(e.size(), g.size());
        for (int i = 0; i < e.size(); i++) {
            assertEquals(e.get(i).score(), g.get(i).score(), 1e-4);
            assertEquals(
                    e.get(i).spans().get(0).score(), g.get(i).spans().get(0).score(), 1e-4);
            assertEquals(e.get(i).box().x0(), g.get(i).box().x0(), 0.05);
            assertEquals(e.get(i).box().y1(), g.get(i).box().y1(), 0.05);
        }
    }

    private static List<Detection> byQuery(DetectResult result) {
        return result.detections().stream()
                .sorted(Comparator.comparingInt(Detection::query))
                .toList();
    }

    @Test
    void isFinalIsTheHeadsProbability() throws IOException {
        TinyMdetr.in(folder, "tiny-contrastive-isfinal").with(mdetr -> {
            List<Detection> found = byQuery(one(mdetr, DOG));
            try (MdetrInput input = mdetr.prepare(List.of(DOG), ResizePolicy.nativeSize());
                    MdetrOutput out = mdetr.model().forward(input)) {
                float[] logits = Objects.requireNonNull(out.last().isFinal()).toFloats();
                for (int q = 0; q < 12; q++) {
                    Float got = Objects.requireNonNull(found.get(q).isFinal());
                    assertEquals(1 / (1 + Math.exp(-logits[q])), got, 1e-6);
                }
            }
        });
        tiny.with(mdetr -> one(mdetr, DOG).detections().forEach(d -> assertNull(d.isFinal())));
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void threadsGetWhatOneWouldGet(String backend) {
        GoldenCases.on(backend, () -> {
            List<DetectRequest> requests = IntStream.range(0, 8)
                    .mapToObj(i -> DetectRequest.of(
                            TinyMdetr.image(40 + 8 * i, 96 - 5 * i, i), "a red cube" + " and a ball".repeat(i)))
                    .toList();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try (Mdetr mdetr = tiny.load()) {
                List<DetectResult> expected =
                        requests.stream().map(r -> one(mdetr, r)).toList();
                List<Future<DetectResult>> got = requests.stream()
                        .map(r -> threads.submit(() -> one(mdetr, r)))
                        .toList();
                for (int i = 0; i < got.size(); i++) {
                    assertEquals(expected.get(i), got.get(i).get());
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            } finally {
                threads.shutdownNow();
            }
        });
    }

    private static DetectResult one(Mdetr mdetr, DetectRequest request) {
        return mdetr.detect(List.of(request), TinyMdetr.ALL).get(0);
    }

    @Test
    void theBestComeFirstAndOnlyThose() {
        tiny.with(mdetr -> {
            List<Detection> all = one(mdetr, DOG).detections();
            assertEquals(12, all.size());
            assertEquals(
                    all.stream()
                            .sorted(Comparator.comparingDouble(Detection::score).reversed())
                            .toList(),
                    all);
            assertEquals(all.subList(0, 3), found(mdetr, TinyMdetr.ALL.withTopK(3)));
            assertEquals(
                    all.subList(0, 5),
                    found(mdetr, TinyMdetr.ALL.withThreshold(all.get(4).score())));
            assertEquals(
                    all.subList(0, 2),
                    found(mdetr, TinyMdetr.ALL.withThreshold(all.get(4).score()).withTopK(2)));
            assertEquals(List.of(), found(mdetr, TinyMdetr.ALL.withThreshold(1)));
        });
    }

    private static List<Detection> found(Mdetr mdetr, DetectOptions options) {
        return mdetr.detect(DOG.image(), DOG.caption(), options).detections();
    }

    @Test
    void spansAreScoredInTheirOrder() {
        tiny.with(mdetr -> {
            List<Span> spans = List.of(
                    new Span(14, 17), new Span(0, 1), new Span(0, DOG.caption().length()));
            for (Detection d : one(mdetr, DOG.withSpans(spans)).detections()) {
                assertEquals(spans, d.spans().stream().map(SpanScore::span).toList());
                float whole = d.spans().get(2).score();
                float best = (float) d.phrases().stream()
                        .mapToDouble(Phrase::probability)
                        .max()
                        .orElseThrow();
                assertEquals(best, whole); // the caption has no punctuation: its best token is a word's
            }
        });
    }

    @Test
    void anyImageWillDo() {
        tiny.with(mdetr -> {
            for (int[] size : new int[][] {{1, 1}, {1, 70}, {70, 1}, {33, 31}}) {
                DetectRequest r = DetectRequest.of(TinyMdetr.image(size[0], size[1], 3), "x");
                assertEquals(12, one(mdetr, r).detections().size());
            }
        });
    }

    @Test
    void whatIsOnlyPunctuationHasNoPhrases() {
        tiny.with(mdetr -> one(mdetr, DetectRequest.of(DOG.image(), "… 🌸 !"))
                .detections()
                .forEach(d -> assertEquals(List.of(), d.phrases())));
    }

    @Test
    void tokensBeyondTheLastPositionAreWarnedOf() throws IOException {
        TinyMdetr longer = tiny.withPositions(302);
        longer.with(mdetr -> {
            assertEquals(300, mdetr.config().textEncoder().maxTokens());
            String fits = "a" + " a".repeat(252);
            assertEquals(255, mdetr.tokenizer().encode(fits).length());
            assertEquals(
                    List.of(), one(mdetr, DetectRequest.of(DOG.image(), fits)).warnings());
            assertEquals(
                    List.of("caption has 256 tokens: no box can point to the last 1, only to the first 255"),
                    one(mdetr, DetectRequest.of(DOG.image(), fits + " a")).warnings());
            DetectRequest spans = DetectRequest.of(DOG.image(), fits + " a a a")
                    .withSpans(List.of(new Span(0, 1), new Span(504, 511)));
            assertEquals(
                    List.of(
                            "caption has 258 tokens: no box can point to the last 3, only to the first 255",
                            "span [504, 511) of caption \"a a a a a a a a a a a a a a a a a a a a …\": its last token"
                                    + " is 256, and boxes can point to tokens 0 to 254; those behind are left out"),
                    one(mdetr, spans).warnings());
        });
    }

    @Test
    void aHugeCaptionIsRefusedAtOnce() {
        tiny.with(mdetr -> assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> TinyMdetr.assertRefused(
                        IllegalArgumentException.class,
                        "caption 0: 10000000 chars, the text encoder takes at most 128 tokens of at most ",
                        () -> one(mdetr, DetectRequest.of(DOG.image(), "a dog and ".repeat(1_000_000))))));
    }
}
