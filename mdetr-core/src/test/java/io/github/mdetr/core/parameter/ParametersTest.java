package io.github.mdetr.core.parameter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {

    /** A checkpoint of given names and shapes; element i of a weight is i plus the length of its name. */
    private static final class Weights implements WeightSource {
        final Map<String, Shape> shapes = new LinkedHashMap<>();
        boolean broken;
        long strangeAt = -1;
        float strange;

        Weights with(String name, int... shape) {
            shapes.put(name, Shape.of(shape));
            return this;
        }

        @Override
        public String description() {
            return "model.safetensors";
        }

        @Override
        public Set<String> names() {
            return shapes.keySet();
        }

        @Override
        public Shape shape(String name) {
            return shapes.get(name);
        }

        @Override
        public void read(String name, long from, FloatBuffer dst) throws IOException {
            if (broken) {
                throw new IOException("model.safetensors: read error");
            }
            for (long i = from; dst.hasRemaining(); i++) {
                dst.put(i == strangeAt ? strange : (float) (i + name.length()));
            }
        }
    }

    private static final Init ONES = Init.constant(1);

    @ParameterizedTest
    @CsvSource({
        "0, NaN",
        "1, NaN",
        "6, Infinity",
        "4, -Infinity",
        "262143, NaN",
        "262144, NaN",
        "300000, -Infinity",
    })
    void weightsThatAreNoNumbersAreRefused(long at, float value) {
        for (Backend backend : TestBackends.all()) {
            Context.with(backend, () -> {
                Weights weights = new Weights().with("w", 300_001).with("v", 7);
                weights.strangeAt = at;
                weights.strange = value;
                try (Parameters parameters = Parameters.from(weights, Mode.INFERENCE)) {
                    String message = assertThrows(
                                    IllegalStateException.class,
                                    () -> parameters.root().weight(at < 7 ? "v" : "w", ONES, at < 7 ? 7 : 300_001))
                            .getMessage();
                    assertTrue(
                            message.startsWith("model.safetensors: weight " + (at < 7 ? "v" : "w") + " holds a value"
                                    + " that is no finite number"),
                            message);
                }
                return true;
            });
        }
    }

    @Test
    void everyFiniteValueIsTaken() {
        for (float value :
                new float[] {0, -0f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -1e-40f, 0x1p127f}) {
            Weights weights = new Weights().with("v", 7);
            weights.strangeAt = 6;
            weights.strange = value;
            try (Parameters parameters = Parameters.from(weights, Mode.INFERENCE)) {
                assertEquals(value, parameters.root().weight("v", ONES, 7).values()[6]);
            }
        }
    }

    @Test
    void valuesComeFromTheSourceByPath() {
        try (Parameters p = Parameters.from(
                new Weights().with("body.layer1.0.weight", 2, 3).with("body.layer1.0.bias", 2), Mode.INFERENCE)) {
            Parameters.Path block = p.root().child("body").child("layer1").child(0);
            assertEquals("body.layer1.0.", block.toString());
            Parameter w = block.weight("weight", ONES, 2, 3);
            Parameter b = block.weight("bias", ONES, 2);
            assertEquals("body.layer1.0.weight", w.name());
            assertEquals("body.layer1.0.weight[2, 3]", w.toString());
            assertArrayEquals(new float[] {20, 21, 22, 23, 24, 25}, w.values());
            assertArrayEquals(new float[] {18, 19}, b.values());
            p.verify(name -> false);
            assertEquals(List.of(w, b), List.copyOf(p.all()));
            assertSame(b, p.find("body.layer1.0.bias"));
            assertNull(p.find("bias"));
        }
    }

    /** More than is read in one piece. */
    @Test
    void largeWeightsAreReadInPieces() {
        int n = (1 << 20) + 5;
        try (Parameters p = Parameters.from(new Weights().with("w", n), Mode.INFERENCE)) {
            float[] values = p.root().weight("w", ONES, n).values();
            assertEquals(1, values[0]);
            assertEquals(1 << 20, values[(1 << 20) - 1]);
            assertEquals(n, values[n - 1]);
        }
    }

    @Test
    void whatDoesNotFitIsToldAllAtOnce() {
        Weights source =
                new Weights().with("a", 2).with("b", 3).with("spare", 1).with("ignored.x", 1);
        try (Parameters p = Parameters.from(source, Mode.INFERENCE)) {
            Parameter a = p.root().weight("a", ONES, 4);
            p.root().weight("b", ONES, 3);
            p.root().weight("c", ONES, 1);
            assertFalse(a.isPresent());
            assertEquals(
                    "model.safetensors does not fit the model: 1 missing (c); 1 of another shape (a: expected [4], got"
                            + " [2]); 1 unexpected (spare); it is incomplete or of a model with other parts",
                    assertThrows(IllegalStateException.class, () -> p.verify(n -> n.startsWith("ignored.")))
                            .getMessage());
            assertThrows(IllegalStateException.class, a::tensor);
        }
    }

    @Test
    void longListsAreCut() {
        try (Parameters p = Parameters.from(new Weights(), Mode.INFERENCE)) {
            for (int i = 0; i < 7; i++) {
                p.root().weight("w" + i, ONES, 1);
            }
            assertEquals(
                    "model.safetensors does not fit the model: 7 missing (w0, w1, w2, w3, w4, …); it is incomplete or of"
                            + " a model with other parts",
                    assertThrows(IllegalStateException.class, () -> p.verify(n -> false))
                            .getMessage());
        }
    }

    @Test
    void aWeightBeyondTheMemoryIsNamed() {
        try (Parameters p = Parameters.from(new Weights().with("w", 1 << 30, 1 << 20), Mode.INFERENCE)) {
            String message = assertThrows(
                            OutOfTensorMemoryException.class, () -> p.root().weight("w", ONES, 1 << 30, 1 << 20))
                    .getMessage();
            assertTrue(message.startsWith("model.safetensors: weight w [1073741824, 1048576]: "), message);
        }
    }

    @Test
    void anUnreadableSourceIsAnError() {
        Weights source = new Weights().with("w", 2);
        source.broken = true;
        try (Parameters p = Parameters.from(source, Mode.INFERENCE)) {
            UncheckedIOException e =
                    assertThrows(UncheckedIOException.class, () -> p.root().weight("w", ONES, 2));
            assertEquals("model.safetensors: read error", e.getCause().getMessage());
        }
    }

    @Test
    void aNameIsMadeOnce() {
        try (Parameters p = Parameters.fresh(1, Mode.TRAINING)) {
            p.root().weight("w", ONES, 2);
            assertEquals(
                    "parameter w is made twice",
                    assertThrows(IllegalStateException.class, () -> p.root().weight("w", ONES, 2))
                            .getMessage());
        }
    }

    @Test
    void freshValuesDependOnSeedAndNameNotOnOrder() {
        try (Parameters p = Parameters.fresh(5, Mode.TRAINING);
                Parameters q = Parameters.fresh(5, Mode.TRAINING);
                Parameters other = Parameters.fresh(6, Mode.TRAINING)) {
            float[] a = p.root().weight("a", Init.normal(1), 8).values();
            float[] b = p.root().weight("b", Init.normal(1), 8).values();
            assertArrayEquals(b, q.root().weight("b", Init.normal(1), 8).values());
            assertArrayEquals(a, q.root().weight("a", Init.normal(1), 8).values());
            assertFalse(java.util.Arrays.equals(a, b));
            assertFalse(java.util.Arrays.equals(
                    a, other.root().weight("a", Init.normal(1), 8).values()));
            p.verify(n -> false);
        }
    }

    @Test
    void onlyWeightsInTrainingAreTrained() {
        try (Parameters training = Parameters.fresh(1, Mode.TRAINING);
                Parameters inference = Parameters.fresh(1, Mode.INFERENCE);
                Tape tape = Tape.record()) {
            Parameter w = training.root().weight("w", ONES, 2);
            Parameter buffer = training.root().statistics("running_mean", ONES, 2);
            Parameter frozen = inference.root().weight("w", ONES, 2);
            assertTrue(w.isTrainable());
            assertFalse(buffer.isTrainable());
            assertFalse(frozen.isTrainable());
            assertTrue(inference.root().isInference());
            assertFalse(training.root().isInference());
            assertTrue(tape.tracks(w.tensor()));
            assertFalse(tape.tracks(buffer.tensor()));
            assertFalse(tape.tracks(frozen.tensor()));
            buffer.setTrainable(true);
            assertTrue(tape.tracks(buffer.tensor()));
        }
    }

    @Test
    void weightsOutliveTheScopeTheyAreMadeIn() {
        Parameters p;
        try (Scope scope = Scope.open()) {
            p = Parameters.fresh(1, Mode.INFERENCE);
            p.root().weight("w", ONES, 2, 2).pack(WeightUse.LINEAR, Window.of(1, 0), Precision.FLOAT32);
        }
        assertArrayEquals(new float[] {1, 1, 1, 1}, p.find("w").values());
        p.close();
        assertFalse(p.find("w").isPresent());
        String message = assertThrows(
                        IllegalStateException.class, () -> p.find("w").tensor())
                .getMessage();
        assertTrue(message.startsWith("parameter w holds no values"), message);
    }

    @Test
    void packingHoldsTheWeightOnce() {
        for (Backend b : TestBackends.all()) {
            TestBackends.on(b, () -> {
                long before = b.memory().blocks();
                try (Parameters p = Parameters.fresh(3, Mode.INFERENCE)) {
                    Parameter w = p.root().weight("w", Init.normal(1), 16, 16, 3, 3);
                    float[] plain = w.values();
                    w.pack(WeightUse.CONV2D, Window.of(1, 1), Precision.FLOAT32);
                    w.pack(WeightUse.CONV2D, Window.of(1, 1), Precision.FLOAT32);
                    assertEquals(before + 1, b.memory().blocks(), b.name());
                    assertArrayEquals(plain, w.values(), b.name());
                    assertEquals(before + 1, b.memory().blocks(), b.name());
                }
                assertEquals(before, b.memory().blocks(), b.name());
            });
        }
    }

    @Test
    void replacingClosesTheOldValues() {
        long before = Device.current().memory().blocks();
        try (Parameters p = Parameters.fresh(1, Mode.TRAINING)) {
            Parameter w = p.root().weight("w", ONES, 2);
            w.replace(Tensor.of(new float[] {5, 6}));
            assertArrayEquals(new float[] {5, 6}, w.values());
            assertEquals(before + 1, Device.current().memory().blocks());
            try (Tensor wrong = Tensor.zeros(3)) {
                assertEquals(
                        "parameter w has shape [2], got values of shape [3]",
                        assertThrows(IllegalArgumentException.class, () -> w.replace(wrong))
                                .getMessage());
            }
        }
    }

    @Test
    void derivedValuesAreNoPartOfTheState() {
        long before = Device.current().memory().blocks();
        try (Parameters p = Parameters.fresh(1, Mode.INFERENCE);
                Tensor values = Tensor.full(2, 3)) {
            Parameter d = p.root().child("conv1").derived("folded", values);
            assertEquals("conv1.folded", d.name());
            assertArrayEquals(new float[] {2, 2, 2}, d.values());
            assertNull(p.find("conv1.folded"));
            assertTrue(p.all().isEmpty());
        }
        assertEquals(before, Device.current().memory().blocks());
    }
}
