package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.testing.TestBackends;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ScopeTest {

    @Test
    void freesAllButWhatIsKept() {
        Tensor kept;
        Tensor freed;
        try (Scope scope = Scope.open()) {
            freed = Tensor.zeros(3);
            kept = scope.keep(Tensor.zeros(4));
        }
        assertTrue(freed.isClosed());
        assertFalse(kept.isClosed());
        kept.close();
    }

    @Test
    void whatIsKeptGoesToTheScopeAround() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Tensor.zeros(2));
            }
            assertFalse(kept.isClosed());
        }
        assertTrue(kept.isClosed());
    }

    @Test
    void keptThroughTwoScopesItIsTheCallers() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = outer.keep(inner.keep(Tensor.zeros(2)));
            }
        }
        assertFalse(kept.isClosed());
        kept.close();
    }

    @Test
    void aForeignTensorIsLeftAlone() {
        try (Tensor outside = Tensor.zeros(2)) {
            try (Scope scope = Scope.open()) {
                assertSame(outside, scope.keep(outside));
            }
            assertFalse(outside.isClosed());
        }
    }

    @Test
    void anExceptionFreesToo() {
        Tensor[] made = new Tensor[1];
        assertThrows(IllegalStateException.class, () -> {
            try (Scope scope = Scope.open()) {
                made[0] = Tensor.zeros(2);
                throw new IllegalStateException("on purpose");
            }
        });
        assertTrue(made[0].isClosed());
        try (Tensor after = Tensor.zeros(1)) {
            assertFalse(after.isClosed()); // no scope is left open
        }
    }

    @Test
    void viewsAreFreedWithTheirTensor() {
        long before = Device.current().memory().blocks();
        try (Scope scope = Scope.open()) {
            Tensor t = Tensor.zeros(4, 3);
            Tensor rows = t.rows(1, 2);
            assertEquals(before + 1, Device.current().memory().blocks());
            assertEquals(6, rows.size());
        }
        assertEquals(before, Device.current().memory().blocks());
    }

    @Test
    void aKeptViewKeepsTheMemory() {
        Tensor view;
        try (Scope scope = Scope.open()) {
            view = scope.keep(Tensor.full(5, 4, 3).rows(1, 1));
        }
        assertEquals(5, view.toFloats()[0]);
        view.close();
    }

    @Test
    void theWrongOrderIsAnError() {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        String message = assertThrows(IllegalStateException.class, outer::close).getMessage();
        assertEquals("scopes must be closed in the reverse order of their opening", message);
        inner.close();
        outer.close();
        outer.close(); // does nothing
    }

    @Test
    void eachThreadHasItsOwn() {
        try (Scope scope = Scope.open()) {
            Tensor other = CompletableFuture.supplyAsync(() -> Tensor.zeros(2)).join();
            Tensor own = Tensor.zeros(2);
            scope.close();
            assertTrue(own.isClosed());
            assertFalse(other.isClosed());
            other.close();
        }
    }

    @Test
    void itHoldsWhereTheBackendComputes() {
        for (Backend b : TestBackends.all()) {
            Tensor[] made = new Tensor[2];
            TestBackends.on(b, () -> {
                try (Scope scope = Scope.open()) {
                    made[0] = b.run(() -> Tensor.zeros(2));
                    assertFalse(made[0].isClosed());
                }
            });
            assertTrue(made[0].isClosed(), b.name());
            try (Scope scope = Scope.open()) {
                made[1] = Context.with(b, () -> b.run(() -> Tensor.zeros(2)));
                assertSame(b, made[1].device());
            }
            assertTrue(made[1].isClosed(), b.name());
        }
    }
}
