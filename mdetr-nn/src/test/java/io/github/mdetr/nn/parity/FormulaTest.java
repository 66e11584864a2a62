package io.github.mdetr.nn.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** The formula against the values published with the reference cases. */
class FormulaTest {
    @Test
    void publishedValues() {
        assertEquals(Long.parseUnsignedLong("9036687581677379763"), Formula.fnv1a64("7:image0"));
        float[] values = new float[4];
        Formula.fill("7:image0", 0, 1, 0, FloatBuffer.wrap(values));
        assertArrayEquals(new float[] {-0.47931528f, -0.853003f, -0.42527807f, -0.10932302f}, values, 1e-8f);
    }

    @Test
    void fillingContinuesWhereToldTo() {
        float[] whole = new float[7];
        float[] tail = new float[3];
        Formula.fill("k", 0.5f, 2, 0, FloatBuffer.wrap(whole));
        Formula.fill("k", 0.5f, 2, 4, FloatBuffer.wrap(tail));
        assertArrayEquals(java.util.Arrays.copyOfRange(whole, 4, 7), tail);
    }
}
