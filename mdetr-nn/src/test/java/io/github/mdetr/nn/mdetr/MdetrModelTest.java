package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.parity.FormulaWeights;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.tokenizer.BatchEncoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MdetrModelTest {
    private static final String BACKENDS = "io.github.mdetr.nn.GoldenCases#backends";

    private static float[] boxes(MdetrModel model, MdetrInput input) {
        try (MdetrOutput out = model.forward(input)) {
            return out.boxes().toFloats();
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void anImageServesManyCaptionsAndACaptionManyImages(String backend) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = GoldenCases.tiny("tiny-contrastive-isfinal");
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                MdetrInput input = parity.input();
                float[] expected = boxes(model, input);
                try (ImageFeatures image = model.encodeImages(input.images(), input.padding());
                        TextFeatures text = model.encodeText(input.tokens())) {
                    for (int i = 0; i < 2; i++) {
                        try (MdetrOutput out = model.ground(image, text, ForwardOptions.inference())) {
                            assertArrayEquals(expected, out.boxes().toFloats());
                            assertEquals(List.of(), out.auxiliary());
                        }
                    }
                }
            }
        });
    }

    /** All pairs of two images and three captions of other lengths, in one pass and each by itself. */
    @ParameterizedTest
    @MethodSource(BACKENDS)
    void pairsInOnePassAreThePairsByThemselves(String backend) {
        RobertaTokenizer tokenizer = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
        List<String> captions = List.of("a dog", "the red ball near two small children", "an umbrella");
        GoldenCases.on(backend, () -> {
            ParityCase parity = GoldenCases.tiny("tiny-contrastive-isfinal");
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                MdetrInput two = parity.input();
                TokenBatch three = tokens(tokenizer, captions);
                List<List<float[]>> alone = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    for (String caption : captions) {
                        TokenBatch one = tokens(tokenizer, List.of(caption));
                        alone.add(
                                values(model.forward(image(two, i, one), ForwardOptions.inference()), 0, one.length()));
                    }
                }
                for (int i = 0; i < 2; i++) {
                    MdetrOutput out = model.forward(image(two, i, three), ForwardOptions.inference());
                    assertEquals(Shape.of(3, 12, 4), out.boxes().shape());
                    assertEquals(1, out.features().dim(0));
                    for (int c = 0; c < 3; c++) {
                        int length = tokenizer.encode(captions.get(c)).length();
                        assertNear(parity, alone.get(3 * i + c), values(out, c, length));
                    }
                }
                for (int c = 0; c < 3; c++) {
                    TokenBatch one = tokens(tokenizer, List.of(captions.get(c)));
                    MdetrOutput out = model.forward(new MdetrInput(two.images(), two.padding(), one));
                    for (int i = 0; i < 2; i++) {
                        assertNear(parity, alone.get(3 * i + c), values(out, i, one.length()));
                    }
                }
                for (int a = 0; a < alone.size(); a++) {
                    for (int b = 0; b < a; b++) {
                        float[] boxes = alone.get(a).get(1);
                        assertTrue(difference(boxes, alone.get(b).get(1)) > 0.01, "pairs " + a + " and " + b);
                    }
                }
            }
        });
    }

    private static TokenBatch tokens(RobertaTokenizer tokenizer, List<String> captions) {
        BatchEncoding e = tokenizer.encodeBatch(captions);
        return new TokenBatch(e.ids(), e.attentionMask());
    }

    /** One of the images, in the frame of both, with captions. */
    private static MdetrInput image(MdetrInput two, int i, TokenBatch captions) {
        int height = two.padding().frameHeight();
        int width = two.padding().frameWidth();
        int[] rows = {two.padding().rows(i, height)};
        int[] columns = {two.padding().columns(i, width)};
        return new MdetrInput(two.images().rows(i, 1), ImagePadding.of(height, width, rows, columns), captions);
    }

    private static final List<String> VALUES =
            List.of("pred_logits", "pred_boxes", "pred_isfinal", "proj_queries", "img_pooled_op", "proj_tokens");

    /** All that a pair of image and caption is told; of the tokens' embeddings those that are no padding. */
    private static List<float[]> values(MdetrOutput out, int pair, int length) {
        return List.of(
                out.logits().rows(pair, 1).toFloats(),
                out.boxes().rows(pair, 1).toFloats(),
                Objects.requireNonNull(out.last().isFinal()).rows(pair, 1).toFloats(),
                Objects.requireNonNull(out.last().queryEmbeddings())
                        .rows(pair, 1)
                        .toFloats(),
                Objects.requireNonNull(out.pooledImage()).rows(pair, 1).toFloats(),
                Shapes.slice(Objects.requireNonNull(out.tokenEmbeddings()).rows(pair, 1), 1, 0, length)
                        .toFloats());
    }

    /** Within what the reference case allows: rounding depends on what else is in the batch. */
    private static void assertNear(ParityCase parity, List<float[]> expected, List<float[]> got) {
        for (int k = 0; k < expected.size(); k++) {
            String name = VALUES.get(k);
            double allowed = 10 * parity.noise(name).orElseThrow() + 1e-5;
            double off = difference(expected.get(k), got.get(k));
            assertTrue(off <= allowed, name + " is off by " + off + ", allowed " + allowed);
        }
    }

    private static double difference(float[] a, float[] b) {
        assertEquals(a.length, b.length);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void threadsShareAModel(String backend) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = GoldenCases.tiny("tiny");
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                MdetrInput input = parity.input();
                float[] expected = boxes(model, input);
                List<float[]> got = IntStream.range(0, 8)
                        .parallel()
                        .mapToObj(i -> boxes(model, input))
                        .toList();
                got.forEach(g -> assertArrayEquals(expected, g));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void weightsAreHeldOnce(String backend) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = GoldenCases.tiny("tiny");
            long weights = 4
                    * parity.weights().shapes().values().stream()
                            .mapToLong(Shape::size)
                            .sum();
            Device device = Device.current();
            device.resetPeak();
            long before = device.memory().live();
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                long largest = 4L * 512 * 512 * 9;
                long peak = device.memory().peak() - before;
                assertTrue(peak <= 1.05 * weights + 2 * largest, "peak " + peak + " while loading " + weights);
                boxes(model, parity.input());
                long images = 4L * 2 * 112 * 128 * 3;
                long live = device.memory().live() - before - images;
                long most = weights
                        + parity.weights().shapes().values().stream()
                                .mapToLong(MdetrModelTest::transformedExcess)
                                .sum();
                assertTrue(live <= 1.05 * most, live + " bytes held for weights of " + weights);
            }
        });
    }

    /** Bytes that a 3×3 weight may take beyond its own: held as 16 sums for 9 taps. */
    private static long transformedExcess(Shape weight) {
        boolean wide = weight.rank() == 4 && weight.dim(3) == 3 && Math.min(weight.dim(0), weight.dim(1)) >= 128;
        return wide ? 4 * weight.size() * 7 / 9 : 0;
    }

    @Test
    void dropoutIsTheGeneratorsAndTrains() {
        GoldenCases.on("reference", () -> {
            ParityCase parity = GoldenCases.tiny("tiny");
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.TRAINING)) {
                MdetrInput input = parity.input();
                float[] first = trained(model, input, 1);
                assertArrayEquals(first, trained(model, input, 1));
                assertFalse(Arrays.equals(first, trained(model, input, 2)));
            }
        });
    }

    private static float[] trained(MdetrModel model, MdetrInput input, long seed) {
        ForwardOptions options = ForwardOptions.training(Dropout.from(new SplittableRandom(seed)));
        try (Scope scope = Scope.open();
                Tape tape = Tape.record();
                MdetrOutput out = model.forward(input, options);
                Gradients g = tape.backward(Reductions.sum(out.logits()))) {
            assertTrue(g.size() > 100, "gradients: " + g.size());
            return out.logits().toFloats();
        }
    }

    @Test
    void freshModelsOfOneSeedAreEqual() {
        GoldenCases.on("reference", () -> {
            ParityCase parity = GoldenCases.tiny("tiny-dc5-learned");
            List<float[]> got = new ArrayList<>();
            for (long seed : new long[] {3, 3, 4}) {
                try (Scope scope = Scope.open();
                        MdetrModel model = MdetrModel.fresh(parity.config(), seed, Mode.INFERENCE)) {
                    float[] boxes = boxes(model, parity.input());
                    for (float v : boxes) {
                        assertTrue(v > 0 && v < 1, "box value " + v);
                    }
                    got.add(boxes);
                }
            }
            assertArrayEquals(got.get(0), got.get(1));
            assertFalse(Arrays.equals(got.get(0), got.get(2)));
        });
    }

    @Test
    void weightsThatDoNotFitAreListed() {
        GoldenCases.on("reference", () -> {
            ParityCase plain = GoldenCases.tiny("tiny");
            ParityCase more = GoldenCases.tiny("tiny-contrastive-isfinal");
            for (Mode mode : Mode.values()) {
                assertMessage(
                        "parity case tiny does not fit the model: 5 missing (isfinal_embed.weight, isfinal_embed.bias,"
                                + " transformer.CLS.weight, ",
                        IllegalStateException.class,
                        () -> MdetrModel.load(more.config(), plain.weights(), mode));
                assertMessage(
                        "5 unexpected (contrastive_projection_image.weight, ",
                        IllegalStateException.class,
                        () -> MdetrModel.load(plain.config(), more.weights(), mode));
                MdetrConfig fewer = plain.config().toBuilder().queries(11).build();
                assertMessage(
                        "1 of another shape (query_embed.weight: expected [11, 64], got [12, 64])",
                        IllegalStateException.class,
                        () -> MdetrModel.load(fewer, plain.weights(), mode));
            }
        });
    }

    @Test
    void oldPositionBuffersAreIgnored() {
        GoldenCases.on("reference", () -> {
            ParityCase parity = GoldenCases.tiny("tiny");
            List<FormulaWeights.Entry> entries = new ArrayList<>();
            parity.weights()
                    .shapes()
                    .forEach((name, shape) -> entries.add(new FormulaWeights.Entry(name, shape, 0.5f, 0.1f)));
            String ids = "transformer.text_encoder.embeddings.position_ids";
            entries.add(new FormulaWeights.Entry(ids, Shape.of(1, 514), 0, 0));
            FormulaWeights weights = new FormulaWeights("old", "7", entries);
            MdetrModel.load(
                            ConfigReader.read("old", ConfigArguments.of(parity.config()), weights.shapes()),
                            weights,
                            Mode.INFERENCE)
                    .close();
        });
    }

    @Test
    void inputsThatDoNotFitAreRefused() {
        GoldenCases.on("reference", () -> {
            ParityCase parity = GoldenCases.tiny("tiny");
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                Tensor images = Tensor.zeros(1, 32, 32, 3);
                TokenBatch three = new TokenBatch(new int[3][3], new int[3][3]);
                assertMessage(
                        "input: 2 images but 3 captions; give as many captions for each image, or a single caption",
                        IllegalArgumentException.class,
                        () -> new MdetrInput(Tensor.zeros(2, 32, 32, 3), ImagePadding.none(2, 32, 32), three));
                assertMessage(
                        "ground: 2 images but 3 captions",
                        IllegalArgumentException.class,
                        () -> model.ground(
                                model.encodeImages(Tensor.zeros(2, 32, 32, 3), ImagePadding.none(2, 32, 32)),
                                model.encodeText(three),
                                ForwardOptions.inference()));
                assertMessage(
                        "images must be [B, H, W, 3] = [1, 32, 31, 3] by their padding, got [1, 32, 32, 3]",
                        IllegalArgumentException.class,
                        () -> model.encodeImages(images, ImagePadding.none(1, 32, 31)));
                assertMessage(
                        "text 0: token id 1024 at position 2 is outside the encoder's vocabulary of 1024",
                        IllegalArgumentException.class,
                        () -> model.encodeText(new TokenBatch(new int[][] {{0, 5, 1024}}, new int[1][3])));
                assertMessage(
                        "text 0: 129 tokens, the text encoder has positions for 128",
                        IllegalArgumentException.class,
                        () -> model.encodeText(new TokenBatch(new int[1][129], new int[1][129])));
                assertMessage(
                        "pad all to one length",
                        IllegalArgumentException.class,
                        () -> new TokenBatch(new int[][] {{0, 2}, {0}}, new int[2][2]));
            }
        });
    }

    private static void assertMessage(
            String expected, Class<? extends Exception> type, org.junit.jupiter.api.function.Executable work) {
        String message = String.valueOf(assertThrows(type, work).getMessage());
        assertTrue(message.contains(expected), message);
    }
}
