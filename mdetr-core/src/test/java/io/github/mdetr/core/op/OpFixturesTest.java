package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operation and every gradient on every backend equals PyTorch's in float64, as near as float32 comes. */
class OpFixturesTest {
    private static final List<OpFixtures.Case> CASES = OpFixtures.read();

    @TestFactory
    Stream<DynamicTest> equalsPyTorch() {
        return TestBackends.all().stream()
                .flatMap(b -> CASES.stream()
                        .map(c -> DynamicTest.dynamicTest(
                                b.name() + "/" + c.name(), () -> check(b, c, new Operations()))));
    }

    @Test
    void everyAdapterHasACase() {
        Set<String> used = CASES.stream().map(OpFixtures.Case::op).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(used, new TreeSet<>(FixtureAdapters.ops()));
    }

    private static void check(Backend backend, OpFixtures.Case fixture, Operations operations) {
        try {
            TestBackends.on(backend, () -> {
                try (Scope scope = Scope.open()) {
                    forward(fixture, operations);
                    backward(fixture, operations);
                }
                long before = backend.memory().blocks();
                forward(fixture, operations);
                assertEquals(before, backend.memory().blocks(), "blocks, after a forward pass without a scope");
                backward(fixture, operations);
                assertEquals(before, backend.memory().blocks(), "blocks, after a backward pass without a scope");
            });
        } catch (AssertionError e) {
            throw new AssertionError(backend.name() + "/" + fixture.name() + ": " + e.getMessage(), e);
        }
    }

    /** Runs every case on {@code backend}; gives the operations that were called. */
    static Set<String> covered(Backend backend) {
        Operations operations = new Operations();
        CASES.forEach(c -> check(backend, c, operations));
        return operations.called();
    }

    /** Without a tape, where fused kernels are used. */
    private static void forward(OpFixtures.Case fixture, Operations operations) {
        try (FixtureCall call = new FixtureCall(fixture, operations)) {
            compareOutputs(fixture, call.run());
        }
    }

    private static void backward(OpFixtures.Case fixture, Operations operations) {
        if (fixture.inputs().stream().allMatch(v -> v.gradient() == null)) {
            return;
        }
        try (FixtureCall call = new FixtureCall(fixture, operations);
                Tape tape = Tape.record()) {
            for (OpFixtures.Value v : fixture.inputs()) {
                if (v.gradient() != null) {
                    tape.watch(call.in(v.name()));
                }
            }
            List<Tensor> outputs = call.run();
            compareOutputs(fixture, outputs);
            try (Gradients gradients = tape.backward(loss(call, fixture, outputs))) {
                for (OpFixtures.Value v : fixture.inputs()) {
                    if (v.gradient() != null) {
                        Tensor g = gradients.of(call.in(v.name()));
                        assertTrue(g != null, () -> "gradient by " + v.name() + " is missing");
                        assertEquals(v.shape(), g.shape(), () -> "shape of the gradient by " + v.name());
                        compare("gradient by " + v.name(), v.gradient(), g.toFloats(), v.noise());
                    }
                }
            }
        }
    }

    /** Σ output · upstream over the outputs that have an upstream. */
    private static Tensor loss(FixtureCall call, OpFixtures.Case fixture, List<Tensor> outputs) {
        Tensor loss = null;
        for (int i = 0; i < outputs.size(); i++) {
            OpFixtures.Value v = fixture.outputs().get(i);
            if (v.upstream() != null) {
                Tensor weights = call.own(Tensor.of(v.upstream(), v.shape().dims()));
                Tensor weighted = call.own(Elementwise.mul(outputs.get(i), weights));
                Tensor term = call.own(Reductions.sum(weighted));
                loss = loss == null ? term : call.own(Elementwise.add(loss, term));
            }
        }
        return loss;
    }

    private static void compareOutputs(OpFixtures.Case fixture, List<Tensor> outputs) {
        assertEquals(fixture.outputs().size(), outputs.size(), "number of outputs");
        for (int i = 0; i < outputs.size(); i++) {
            OpFixtures.Value v = fixture.outputs().get(i);
            Tensor got = outputs.get(i);
            assertEquals(v.shape(), got.shape(), () -> "shape of output " + v.name());
            if (v.data() instanceof int[] expected) {
                assertArrayEquals(expected, got.toInts(), () -> "output " + v.name());
            } else {
                compare("output " + v.name(), v.floats(), got.toFloats(), v.noise());
            }
        }
    }

    private static void compare(String what, float[] expected, float[] got, double noise) {
        assertEquals(expected.length, got.length, () -> what + ": length");
        double largest = 1;
        for (float e : expected) {
            if (Float.isFinite(e)) {
                largest = Math.max(largest, Math.abs(e));
            }
        }
        double allowed = 10 * noise + 1e-6 * largest;
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertFalse(Float.isNaN(got[i]), () -> what + "[" + at + "] is NaN, expected " + expected[at]);
            if (expected[i] != got[i]) {
                double gap = Math.abs((double) got[i] - expected[i]);
                assertTrue(
                        gap <= allowed,
                        () -> what + "[" + at + "]: expected " + expected[at] + ", got " + got[at] + ", " + gap
                                + " apart, allowed " + allowed);
            }
        }
    }
}
