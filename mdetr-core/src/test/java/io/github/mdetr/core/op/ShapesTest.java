package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Moving what is no float; floats are compared with PyTorch by the fixtures. */
class ShapesTest {
    @TestFactory
    Stream<DynamicTest> masksAndIntegersAreRepeated() {
        return TestBackends.all().stream()
                .map(b -> DynamicTest.dynamicTest(
                        b.name(),
                        () -> TestBackends.on(b, () -> {
                            try (Tensor row = Tensor.of(new boolean[] {true, false, true}, Shape.of(1, 3));
                                    Tensor rows = Shapes.broadcastTo(row, Shape.of(2, 3));
                                    Tensor column = Tensor.of(new int[] {1 << 30, -7}, Shape.of(2, 1));
                                    Tensor columns = Shapes.broadcastTo(column, Shape.of(2, 3))) {
                                assertArrayEquals(
                                        new boolean[] {true, false, true, true, false, true}, rows.toBooleans());
                                assertArrayEquals(new int[] {1 << 30, 1 << 30, 1 << 30, -7, -7, -7}, columns.toInts());
                            }
                        })));
    }
}
