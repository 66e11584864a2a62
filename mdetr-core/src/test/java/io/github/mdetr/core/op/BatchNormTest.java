package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The running statistics of batch normalization at the edges; PyTorch's fixtures have the rest. */
class BatchNormTest {
    static List<Backend> backends() {
        return TestBackends.all();
    }

    private static void on(Backend b, Runnable work) {
        TestBackends.on(b, () -> {
            try (Scope scope = Scope.open()) {
                work.run();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aBatchThatIsNotFiniteLeavesThem(Backend b) {
        for (float strange : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            on(b, () -> {
                Tensor mean = Tensor.of(new float[] {1, 2});
                Tensor variance = Tensor.of(new float[] {3, 4});
                Tensor x = Tensor.of(new float[] {1, 2, 3, strange}, 1, 2, 1, 2);
                Tensor y = Normalizations.batchNorm(x, Tensor.full(1, 2), Tensor.zeros(2), mean, variance, 0.1f, 1e-5f);
                assertTrue(Float.isNaN(y.toFloats()[3]));
                assertArrayEquals(new float[] {1, 2}, mean.toFloats());
                assertArrayEquals(new float[] {3, 4}, variance.toFloats());
            });
        }
    }

    /** Equal pixels have no spread: the variance must not come out below 0, which no file may hold. */
    @ParameterizedTest
    @MethodSource("backends")
    void equalPixelsHaveTheVarianceZero(Backend b) {
        on(b, () -> {
            Tensor mean = Tensor.zeros(1);
            Tensor variance = Tensor.zeros(1);
            Tensor x = Tensor.full(3.1f, 3, 7, 7, 1);
            Tensor y = Normalizations.batchNorm(x, Tensor.full(2, 1), Tensor.full(5, 1), mean, variance, 1, 1e-5f);
            assertEquals(3.1f, mean.toFloats()[0], 1e-3);
            assertTrue(variance.toFloats()[0] >= 0, () -> "variance " + variance.toFloats()[0]);
            assertEquals(0, variance.toFloats()[0], 1e-9);
            assertEquals(5, y.toFloats()[0], 632 * 1e-5, "the mean is rounded, and multiplied by 2/√eps");
        });
    }
}
