package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    /** Sizes and TensorFlow's padding of them, from its documentation of "same": in, kernel, stride, before, after. */
    @ParameterizedTest
    @CsvSource({
        "8, 3, 2, 0, 1",
        "7, 3, 2, 1, 1",
        "8, 5, 2, 1, 2",
        "7, 5, 2, 2, 2",
        "8, 3, 1, 1, 1",
        "7, 5, 1, 2, 2",
        "1, 3, 2, 1, 1",
        "2, 5, 2, 1, 2",
        "9, 2, 3, 0, 0",
        "5, 1, 2, 0, 0",
        "6, 2, 1, 0, 1"
    })
    void samePaddingIsTensorFlows(int extent, int kernel, int stride, int before, int after) {
        Window unpadded = Window.of(stride, 0).grouped(3);
        Shape rows = Shape.of(2, extent, 1000 * stride, 3);
        Window w = unpadded.same(rows, kernel, 1);
        assertEquals(new Window(stride, stride, before, 0, after, 0, 1, 3), w);
        assertEquals(
                (extent + stride - 1) / stride, w.output(rows, kernel, 1, 3).dim(1));
        Shape columns = Shape.of(2, 1000 * stride, extent, 3);
        assertEquals(new Window(stride, stride, 0, before, 0, after, 1, 3), unpadded.same(columns, 1, kernel));
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 3", "3, 2, 5", "1, 7, 1", "5, 3, 13"})
    void aSpanReachesFromTheFirstTapToTheLast(int kernel, int dilation, int span) {
        Window w = Window.of(1, 0).dilated(dilation);
        assertEquals(span, w.span(kernel));
        assertEquals(1, w.output(Shape.of(1, span, span, 1), kernel, kernel, 1).dim(1));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> w.output(Shape.of(1, span - 1, span, 1), kernel, kernel, 1))
                .getMessage();
        assertTrue(message.contains("window of " + span + " does not fit axis 1"), message);
    }
}
