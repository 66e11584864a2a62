package io.github.mdetr.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.parity.Formula;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention with dropout, computed step by step, against the kernel without. */
class AttentionTest {
    private static Tensor values(String key, int... shape) {
        float[] v = new float[Math.toIntExact(Shape.of(shape).size())];
        Formula.fill(key, 0, 2, 0, FloatBuffer.wrap(v));
        return Tensor.of(v, shape);
    }

    @ParameterizedTest
    @MethodSource("io.github.mdetr.nn.GoldenCases#backends")
    void withARateTooSmallToDropAnythingItIsTheSame(String backend) {
        GoldenCases.on(backend, () -> {
            try (Scope scope = Scope.open()) {
                Tensor q = values("q", 2, 5, 12);
                Tensor k = values("k", 2, 7, 12);
                Tensor v = values("v", 2, 7, 12);
                boolean[] padding = new boolean[14];
                Arrays.fill(padding, 10, 14, true);
                Tensor mask = Tensor.of(padding, Shape.of(2, 7));
                float[] kernel =
                        Attention.attend(q, k, v, mask, 3, 0.1f, Dropout.none()).toFloats();
                float[] steps = attend(q, k, v, mask, 1e-12f, 1);
                assertArrayEquals(kernel, steps, 1e-5f);
                float[] dropped = attend(q, k, v, mask, 0.5f, 1);
                assertFalse(Arrays.equals(steps, dropped));
                assertArrayEquals(dropped, attend(q, k, v, mask, 0.5f, 1));
                assertFalse(Arrays.equals(dropped, attend(q, k, v, mask, 0.5f, 2)));
            }
        });
    }

    private static float[] attend(Tensor q, Tensor k, Tensor v, Tensor mask, float rate, long seed) {
        return Attention.attend(q, k, v, mask, 3, rate, Dropout.from(new SplittableRandom(seed)))
                .toFloats();
    }
}
