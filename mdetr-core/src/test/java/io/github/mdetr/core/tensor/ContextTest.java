package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.reference.ReferenceBackend;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ContextTest {
    private final Device device = new ReferenceBackend();

    @Test
    void theDeviceOfNewTensorsIsSetForTheWorkOnly() {
        Device before = Device.current();
        Context.with(device, () -> {
            assertSame(device, Device.current());
            try (Tensor t = Tensor.zeros(1)) {
                assertSame(device, t.device());
            }
            return true;
        });
        assertSame(before, Device.current());
        assertThrows(
                IllegalStateException.class,
                () -> Context.with(device, () -> {
                    throw new IllegalStateException("on purpose");
                }));
        assertSame(before, Device.current());
    }

    @Test
    void carryingTakesScopeAndDeviceToAnotherThread() {
        Context.with(device, () -> {
            Tensor made;
            try (Scope scope = Scope.open()) {
                Context mine = Context.current();
                made = CompletableFuture.supplyAsync(() -> {
                            assertNotSame(mine, Context.current());
                            Tensor t = mine.carry(() -> Tensor.zeros(3));
                            assertNotSame(mine, Context.current());
                            return t;
                        })
                        .join();
                assertSame(device, made.device());
            }
            assertTrue(made.isClosed());
            return true;
        });
        assertEquals(0, device.memory().blocks());
    }
}
