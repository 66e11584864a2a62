package io.github.mdetr.core.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.mdetr.core.backend.reference.ReferenceBackend;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Gradients of several passes added up. */
class GradientsTest {
    private final ReferenceBackend backend = new ReferenceBackend();

    /** Of Σ scale·(a + b), or of a alone. */
    private static Gradients pass(Tensor a, Tensor b, float scale) {
        try (Scope scope = Scope.open();
                Tape tape = Tape.record()) {
            tape.watch(a);
            tape.watch(b);
            Tensor sum = scale == 0 ? a : Elementwise.scale(Elementwise.add(a, b), scale);
            return tape.backward(Reductions.sum(sum));
        }
    }

    /** An addition gives both sides one tensor: adding to one of them must not change the other. */
    @Test
    void passesAddUp() {
        Context.with(backend, () -> {
            try (Tensor a = Tensor.of(new float[] {1, 2});
                    Tensor b = Tensor.of(new float[] {3, 4});
                    Gradients total = pass(a, b, 0)) {
                assertNull(total.of(b));
                total.add(pass(a, b, 10));
                assertArrayEquals(new float[] {11, 11}, total.of(a).toFloats());
                assertArrayEquals(new float[] {10, 10}, total.of(b).toFloats());
                total.add(pass(a, b, 100));
                total.add(pass(a, b, 0));
                assertArrayEquals(new float[] {112, 112}, total.of(a).toFloats());
                assertArrayEquals(new float[] {110, 110}, total.of(b).toFloats());
                assertEquals(2, total.size());
            }
            try (Tensor a = Tensor.of(new float[] {1, 2});
                    Tensor b = Tensor.of(new float[] {3, 4});
                    Gradients shared = pass(a, b, 1)) {
                shared.add(pass(a, b, 0));
                assertArrayEquals(new float[] {2, 2}, shared.of(a).toFloats());
                assertArrayEquals(new float[] {1, 1}, shared.of(b).toFloats());
            }
            return true;
        });
        assertEquals(0, backend.memory().blocks());
    }
}
