package io.github.mdetr.core.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors beyond what a buffer can hold. */
class HostKernelsTest {
    private final HostKernels host = new HostKernels();
    private OneDnnBackend backend;

    @BeforeEach
    void oneDnnRunsHere() {
        assumeTrue(Backends.available().contains("onednn"), "oneDNN cannot run here");
        backend = (OneDnnBackend) Backends.get("onednn");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 7, 8, 50})
    void goingOverATensorInPiecesReachesEveryElement(int n) {
        HostKernels pieces = new HostKernels(7);
        float[] values = new float[n];
        SplittableRandom random = new SplittableRandom(n);
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextDouble() * 4);
        }
        Context.with(backend, () -> {
            try (Scope scope = Scope.open()) {
                Tensor x = Tensor.of(values, n);
                Tensor whole = Tensor.empty(Shape.of(n));
                Tensor parts = Tensor.empty(Shape.of(n));
                host.log(x, whole);
                pieces.log(x, parts);
                assertArrayEquals(whole.toFloats(), parts.toFloats());
                host.clamp(x, 1, 2, whole);
                pieces.clamp(x, 1, 2, parts);
                assertArrayEquals(whole.toFloats(), parts.toFloats());
                pieces.copy(x, parts);
                assertArrayEquals(values, parts.toFloats());
                pieces.fill(parts, 3);
                assertArrayEquals(Tensor.full(3, n).toFloats(), parts.toFloats());
                for (DType type : new DType[] {DType.INT32, DType.BOOL}) {
                    Tensor a = Tensor.empty(backend, type, Shape.of(n));
                    pieces.copy(x, a);
                    pieces.copy(a, parts);
                    for (int i = 0; i < n; i++) {
                        float expected = type == DType.BOOL ? 1 : (int) values[i];
                        assertEquals(expected, parts.toFloats()[i], 0);
                    }
                    pieces.fill(a, 1);
                    pieces.copy(a, parts);
                    assertArrayEquals(Tensor.full(1, n).toFloats(), parts.toFloats());
                }
            }
            return true;
        });
    }

    @Test
    void whatDoesNotFitABufferIsRefused() {
        int lines = 1 << 20;
        Shape large = Shape.of(lines, 600);
        // never touched: there is no memory behind it
        OneDnnStorage nowhere = OneDnnStorage.borrowed(backend, this, 64, 4 * large.size());
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.on(nowhere, DType.FLOAT32, large);
            Tensor line = Tensor.empty(backend, DType.FLOAT32, Shape.of(1, 600));
            Tensor index = Tensor.empty(backend, DType.INT32, Shape.of(1, 600));
            Map<String, Consumer<HostKernels>> calls = Map.of(
                    "argmax", h -> h.argmax(x, 0, index),
                    "maximum", h -> h.maximum(x, 0, line),
                    "part", h -> h.part(x, 0, 3, line, true),
                    "broadcast", h -> h.broadcast(line, x),
                    "logSoftmax", h -> h.logSoftmax(x, 0, x),
                    "cumulativeSum", h -> h.cumulativeSum(x, 0, false, x));
            calls.forEach((name, call) -> assertEquals(
                    "onednn: a tensor of 2516582400 bytes, where this kernel takes at most 2147483647; use smaller images"
                            + " or batches",
                    assertThrows(IllegalArgumentException.class, () -> call.accept(host), name)
                            .getMessage()));
        }
    }
}
