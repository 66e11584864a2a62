package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final Shape S = Shape.of(2, 3, 5);

    @Test
    void extentsAndSize() {
        assertEquals(3, S.rank());
        assertEquals(30, S.size());
        assertEquals(5, S.dim(-1));
        assertEquals(2, S.dim(-3));
        assertEquals(1, Shape.of().size());
        assertEquals(0, Shape.of(3, 0).size());
        assertEquals("[2, 3, 5]", S.toString());
    }

    @Test
    void axesFromTheEnd() {
        assertEquals(2, S.axis(-1));
        assertEquals(0, S.axis(0));
        for (int axis : new int[] {3, -4}) {
            assertEquals(
                    "axis " + axis + " of shape [2, 3, 5]: expected one in [-3, 2]",
                    assertThrows(IllegalArgumentException.class, () -> S.axis(axis))
                            .getMessage());
        }
    }

    @Test
    void negativeExtentsAndOverflowAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(3, -1));
        assertThrows(ArithmeticException.class, () -> Shape.of(1 << 30, 1 << 30, 1 << 30));
    }

    @Test
    void extentsAreCopied() {
        int[] dims = {2, 3};
        Shape s = Shape.of(dims);
        dims[0] = 7;
        s.dims()[1] = 7;
        assertArrayEquals(new int[] {2, 3}, s.dims());
    }

    @Test
    void partsAroundAnAxis() {
        assertEquals(2, S.outer(1));
        assertEquals(5, S.inner(1));
        assertEquals(1, S.outer(0));
        assertEquals(1, S.inner(-1));
        assertArrayEquals(new long[] {15, 5, 1}, S.strides());
        assertEquals(Shape.of(2, 7, 5), S.with(1, 7));
        assertEquals(Shape.of(2, 5), S.without(-2));
    }

    @Test
    void broadcasting() {
        assertEquals(Shape.of(3, 4, 5), Shape.broadcast(Shape.of(4, 1), Shape.of(3, 1, 5)));
        assertEquals(S, Shape.broadcast(S, Shape.of()));
        assertEquals(Shape.of(0, 3), Shape.broadcast(Shape.of(0, 1), Shape.of(3)));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(2, 3), Shape.of(4, 3)))
                .getMessage();
        assertEquals(
                "shapes [2, 3] and [4, 3] do not broadcast: extents 2 and 4 at axis -2 must be equal or 1", message);
    }

    @Test
    void broadcastsTo() {
        assertTrue(Shape.of(1, 5).broadcastsTo(S));
        assertTrue(Shape.of().broadcastsTo(S));
        assertFalse(Shape.of(2, 3, 1, 5).broadcastsTo(S));
        assertFalse(Shape.of(5, 1).broadcastsTo(S));
        assertFalse(S.broadcastsTo(Shape.of(2, 3, 1)));
    }

    @Test
    void equality() {
        assertEquals(S, Shape.of(2, 3, 5));
        assertEquals(S.hashCode(), Shape.of(2, 3, 5).hashCode());
        assertNotEquals(S, Shape.of(2, 3, 5, 1));
    }
}
