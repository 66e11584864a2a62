package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import io.github.mdetr.nn.box.Boxes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Box functions and losses, each alone, are those of PyTorch and torchvision: of plain arrays, ND4J arrays and tensors. */
class LossFunctionsTest {
    static Stream<JsonNode> cases() {
        return LossFixtures.cases("functions.json").stream();
    }

    static Stream<Arguments> onEveryBackend() {
        return TestBackends.all().stream().flatMap(b -> cases().map(c -> Arguments.of(b.name(), title(c), b, c)));
    }

    private static String title(JsonNode c) {
        return c.get("function").asText() + ", " + c.get("name").asText();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onEveryBackend")
    void tensorsAndTheirGradients(String backend, String title, Backend b, JsonNode c) {
        TestBackends.on(b, () -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Map<String, Tensor> inputs = new LinkedHashMap<>();
                c.get("inputs").properties().forEach(e -> inputs.put(e.getKey(), LossFixtures.tensor(e.getValue())));
                c.get("gradients").fieldNames().forEachRemaining(n -> tape.watch(of(inputs, n)));
                Tensor out = call(c, name -> of(inputs, name));
                LossFixtures.assertClose(c.get("output"), out.shape().dims(), out.toFloats(), title);
                try (Gradients found = tape.backward(Reductions.sum(out))) {
                    c.get("gradients").properties().forEach(e -> {
                        Tensor g = Objects.requireNonNull(found.of(of(inputs, e.getKey())), e.getKey());
                        LossFixtures.assertClose(
                                e.getValue(), g.shape().dims(), g.toFloats(), title + ": d" + e.getKey());
                    });
                }
            }
        });
    }

    /** The reference keeps its tensors on the Java heap, where no ND4J array is. */
    static Stream<Arguments> onBackendsOffTheHeap() {
        return onEveryBackend().filter(a -> !a.get()[0].equals("reference"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onBackendsOffTheHeap")
    void nd4jArrays(String backend, String title, Backend b, JsonNode c) {
        TestBackends.on(b, () -> {
            try (Scope scope = Scope.open()) {
                Tensor out = call(c, name -> {
                    JsonNode t = c.get("inputs").get(name);
                    long[] shape = java.util.Arrays.stream(LossFixtures.shape(t))
                            .asLongStream()
                            .toArray();
                    INDArray array = Nd4j.createFromArray(LossFixtures.data(t)).reshape(shape);
                    return Tensor.of(array);
                });
                INDArray got = out.toINDArray();
                int[] shape = out.shape().dims();
                LossFixtures.assertClose(
                        c.get("output"), shape, got.dup().data().asFloat(), title);
            }
        });
    }

    private static Tensor of(Map<String, Tensor> inputs, String name) {
        return Objects.requireNonNull(inputs.get(name), name);
    }

    private static Tensor call(JsonNode c, Function<String, Tensor> in) {
        return switch (c.get("function").asText()) {
            case "cxcywhToXyxy" -> Boxes.cxcywhToXyxy(in.apply("a"));
            case "xyxyToCxcywh" -> Boxes.xyxyToCxcywh(in.apply("a"));
            case "iou" -> Boxes.iou(in.apply("a"), in.apply("b"));
            case "giou" -> Boxes.giou(in.apply("a"), in.apply("b"));
            case "giouOfRows" -> Boxes.giouOfRows(in.apply("a"), in.apply("b"));
            case "boxL1" -> BoxLoss.l1(in.apply("predicted"), in.apply("target"));
            case "boxGiou" -> BoxLoss.giou(in.apply("predicted"), in.apply("target"));
            case "softToken" -> SoftTokenLoss.of(in.apply("logits"), in.apply("target"), in.apply("weight"));
            case "alignment" ->
                ContrastiveAlignmentLoss.of(in.apply("boxes"), in.apply("tokens"), positive(c), temperature(c));
            case "imageText" -> ImageTextContrastiveLoss.of(in.apply("images"), in.apply("texts"), temperature(c));
            case "isFinal" -> IsFinalLoss.of(in.apply("logits"), in.apply("target"));
            default -> throw new AssertionError(title(c));
        };
    }

    private static float temperature(JsonNode c) {
        return (float) c.get("temperature").asDouble();
    }

    private static boolean[][][] positive(JsonNode c) {
        JsonNode t = c.get("inputs").get("positive");
        int[] shape = LossFixtures.shape(t);
        float[] all = LossFixtures.data(t);
        boolean[][][] out = new boolean[shape[0]][shape[1]][shape[2]];
        for (int i = 0; i < all.length; i++) {
            out[i / (shape[1] * shape[2])][i / shape[2] % shape[1]][i % shape[2]] = all[i] > 0;
        }
        return out;
    }

    // ---- plain arrays ----

    static Stream<Arguments> plain() {
        return cases().filter(c -> !isBatch(c)).map(c -> Arguments.of(title(c), c));
    }

    /** Plain arrays are of one image. */
    private static boolean isBatch(JsonNode c) {
        JsonNode boxes = c.get("inputs").get("boxes");
        return boxes != null && LossFixtures.shape(boxes)[0] > 1;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plain")
    void plainArrays(String title, JsonNode c) {
        Function<String, float[][]> in =
                name -> LossFixtures.matrix(c.get("inputs").get(name));
        float[][] a = switch (c.get("function").asText()) {
            case "cxcywhToXyxy" -> Boxes.cxcywhToXyxy(in.apply("a"));
            case "xyxyToCxcywh" -> Boxes.xyxyToCxcywh(in.apply("a"));
            case "iou" -> Boxes.iou(in.apply("a"), in.apply("b"));
            case "giou" -> Boxes.giou(in.apply("a"), in.apply("b"));
            case "giouOfRows" -> new float[][] {diagonal(Boxes.giou(in.apply("a"), in.apply("b")))};
            case "boxL1" -> one(BoxLoss.l1(in.apply("predicted"), in.apply("target")));
            case "boxGiou" -> one(BoxLoss.giou(in.apply("predicted"), in.apply("target")));
            case "softToken" -> one(SoftTokenLoss.of(in.apply("logits"), in.apply("target"), data(c, "weight")));
            case "alignment" ->
                one(ContrastiveAlignmentLoss.of(in.apply("boxes"), in.apply("tokens"), positive(c)[0], temperature(c)));
            case "imageText" -> one(ImageTextContrastiveLoss.of(in.apply("images"), in.apply("texts"), temperature(c)));
            case "isFinal" -> one(IsFinalLoss.of(data(c, "logits"), flags(data(c, "target"))));
            default -> throw new AssertionError(title);
        };
        float[] flat = new float[a.length * a[0].length];
        for (int i = 0; i < a.length; i++) {
            System.arraycopy(a[i], 0, flat, i * a[0].length, a[0].length);
        }
        LossFixtures.assertClose(c.get("output"), LossFixtures.shape(c.get("output")), flat, title);
    }

    private static float[] data(JsonNode c, String name) {
        return LossFixtures.data(c.get("inputs").get(name));
    }

    private static boolean[] flags(float[] values) {
        boolean[] out = new boolean[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i] > 0;
        }
        return out;
    }

    private static float[][] one(float value) {
        return new float[][] {{value}};
    }

    private static float[] diagonal(float[][] square) {
        float[] out = new float[square.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = square[i][i];
        }
        return out;
    }

    @Test
    void theFixtureHasEveryFunction() {
        Set<String> names = new TreeSet<>();
        cases().forEach(c -> names.add(c.get("function").asText()));
        assertEquals(
                Set.of(
                        "cxcywhToXyxy",
                        "xyxyToCxcywh",
                        "iou",
                        "giou",
                        "giouOfRows",
                        "boxL1",
                        "boxGiou",
                        "softToken",
                        "alignment",
                        "imageText",
                        "isFinal"),
                names);
    }

    // ---- where PyTorch has no number ----

    static Stream<Arguments> backends() {
        return TestBackends.all().stream().map(b -> Arguments.of(b.name(), b));
    }

    /** Two boxes without area have no IoU in torchvision (0/0); here it is 0, and the gradient is finite. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("backends")
    void boxesWithoutAreaHaveAFiniteGradient(String backend, Backend b) {
        float[][][] pairs = {
            {{1, 1, 1, 1}, {1, 1, 1, 1}}, // one point
            {{1, 1, 1, 1}, {2, 5, 2, 5}}, // two points
            {{0, 0, 0, 1}, {0, 0, 0, 1}}, // a line
            {{0, 0, 100, 0}, {50, 0, 70, 0}},
            {{0, 0, 1e-25f, 1e-25f}, {0, 0, 1e-25f, 1e-25f}}, // an area that underflows
        };
        TestBackends.on(b, () -> {
            for (float[][] pair : pairs) {
                try (Scope scope = Scope.open();
                        Tape tape = Tape.record()) {
                    Tensor a = Tensor.of(pair[0], 1, 4);
                    Tensor c = Tensor.of(pair[1], 1, 4);
                    tape.watch(a);
                    Tensor iou = Boxes.iou(a, c);
                    Tensor giou = Boxes.giou(a, c);
                    assertEquals(0, iou.toFloats()[0]);
                    assertTrue(Math.abs(giou.toFloats()[0]) <= 1, giou.toString());
                    try (Gradients g = tape.backward(Reductions.sum(giou))) {
                        for (float v : Objects.requireNonNull(g.of(a)).toFloats()) {
                            assertTrue(Float.isFinite(v), java.util.Arrays.toString(pair[0]) + ": " + v);
                        }
                    }
                }
            }
        });
    }

    /** Sums over nothing are 0 and their gradients empty. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("backends")
    void noBoxes(String backend, Backend b) {
        TestBackends.on(b, () -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor none = Tensor.zeros(0, 4);
                Tensor some = Tensor.of(new float[] {0, 0, 1, 1, 0, 0, 2, 2}, 2, 4);
                tape.watch(none);
                assertEquals(0, BoxLoss.l1(none, none).item());
                assertEquals(0, BoxLoss.giou(none, none).item());
                assertEquals(0, Boxes.giou(none, some).size());
                assertEquals(0, Boxes.iou(some, none).size());
                assertEquals(0, Boxes.cxcywhToXyxy(none).size());
                assertEquals(0, Boxes.xyxyToCxcywh(none).size());
                assertEquals(0, IsFinalLoss.of(Tensor.zeros(0), Tensor.zeros(0)).item());
                Tensor loss = BoxLoss.giou(none, Tensor.zeros(0, 4));
                try (Gradients g = tape.backward(loss)) {
                    assertEquals(0, Objects.requireNonNull(g.of(none)).size());
                }
            }
        });
        assertEquals(0, BoxLoss.giou(new float[0][], new float[0][]));
        assertEquals(0, IsFinalLoss.of(new float[0], new boolean[0]));
        assertEquals(0, Boxes.iou(new float[0][], new float[][] {{0, 0, 1, 1}}).length);
        assertFalse(Float.isNaN(BoxLoss.l1(new float[0][], new float[0][])));
    }
}
