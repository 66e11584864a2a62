package io.github.mdetr.core.parameter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Spread of the initial values; the bounds follow from the formulas of the papers by hand. */
class InitTest {
    private static final Shape CONVOLUTION = Shape.of(64, 32, 3, 3); // fan in 288, fan out 576

    private static double[] drawn(Init init) {
        float[] values = new float[(int) CONVOLUTION.size()];
        init.fill(values, CONVOLUTION, new SplittableRandom(1));
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (float v : values) {
            sum += v;
            squares += (double) v * v;
            largest = Math.max(largest, Math.abs(v));
        }
        return new double[] {sum / values.length, Math.sqrt(squares / values.length), largest};
    }

    private static void uniform(double bound, Init init) {
        double[] d = drawn(init);
        assertEquals(0, d[0], 0.02 * bound, "mean");
        assertEquals(bound / Math.sqrt(3), d[1], 0.02 * bound, "deviation");
        assertTrue(d[2] <= bound && d[2] > 0.99 * bound, () -> "largest " + d[2] + " of " + bound);
    }

    private static void normal(double deviation, Init init) {
        double[] d = drawn(init);
        assertEquals(0, d[0], 0.03 * deviation, "mean");
        assertEquals(deviation, d[1], 0.02 * deviation, "deviation");
        assertTrue(d[2] > 3 * deviation, "it has tails");
    }

    @Test
    void spreads() {
        uniform(0.25, Init.uniform(0.25));
        uniform(Math.sqrt(6.0 / (288 + 576)), Init.xavierUniform());
        uniform(1 / Math.sqrt(288), Init.fanInUniform());
        normal(0.02, Init.normal(0.02));
        normal(Math.sqrt(2.0 / 576), Init.heNormal());
    }

    @Test
    void constant() {
        float[] v = new float[3];
        Init.constant(2).fill(v, Shape.of(3), new SplittableRandom(1));
        assertArrayEquals(new float[] {2, 2, 2}, v);
    }
}
