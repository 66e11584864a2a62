package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operation's gradient on every backend agrees with what the operation itself does. */
class FiniteDifferenceTest {
    private static final List<FiniteDifferenceCases.Case> CASES = FiniteDifferenceCases.all();

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithDifferences() {
        return TestBackends.all().stream()
                .flatMap(b -> CASES.stream()
                        .map(c -> DynamicTest.dynamicTest(
                                b.name() + "/" + c.name(), () -> check(b, c, new Operations()))));
    }

    private static void check(Backend backend, FiniteDifferenceCases.Case c, Operations operations) {
        TestBackends.on(backend, () -> {
            try {
                FiniteDifference.check(
                        x -> c.f().apply(operations, x),
                        c.inputs(),
                        new SplittableRandom(c.name().hashCode()));
            } catch (AssertionError e) {
                throw new AssertionError(backend.name() + "/" + c.name() + ": " + e.getMessage(), e);
            }
        });
    }

    /** Runs every case on {@code backend}; gives the operations that were called. */
    static Set<String> covered(Backend backend) {
        Operations operations = new Operations();
        CASES.forEach(c -> check(backend, c, operations));
        return operations.called();
    }

    @Test
    void aGradientTooLargeByAHundredthIsCaught() {
        assertThrows(AssertionError.class, () -> checkSquare(1.01f, -1));
    }

    @Test
    void oneWrongElementOfManyIsCaught() {
        assertThrows(AssertionError.class, () -> checkSquare(1, 5));
    }

    @Test
    void theRightGradientPasses() {
        checkSquare(1, -1);
    }

    /** x² with its gradient scaled, and the gradient of one element dropped. */
    private static void checkSquare(float scale, int dropped) {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = FiniteDifference.uniform(random, 39);
        TestBackends.on(
                TestBackends.reference(),
                () -> FiniteDifference.check(
                        x -> {
                            Tensor in = x.get(0);
                            return Tape.op("spoilt", squared(in))
                                    .saving(in)
                                    .input(in, (g, s) -> {
                                        float[] d = Elementwise.mul(g, Elementwise.scale(s[0], 2 * scale))
                                                .toFloats();
                                        if (dropped >= 0) {
                                            d[dropped] = 0;
                                        }
                                        return Tensor.of(d, 3, 13);
                                    })
                                    .done();
                        },
                        List.of(new FiniteDifference.Input(values, Shape.of(3, 13))),
                        random));
    }

    private static Tensor squared(Tensor x) {
        float[] v = x.toFloats();
        for (int i = 0; i < v.length; i++) {
            v[i] *= v[i];
        }
        Tensor y = Tensor.empty(x.shape());
        y.write(FloatBuffer.wrap(v));
        return y;
    }
}
