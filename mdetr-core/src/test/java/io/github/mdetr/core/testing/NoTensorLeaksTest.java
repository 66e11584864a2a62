package io.github.mdetr.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.reference.ReferenceBackend;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

class NoTensorLeaksTest {
    private final Backend backend = new ReferenceBackend();
    private final List<Backend> started = new ArrayList<>();
    private final NoTensorLeaks watch = new NoTensorLeaks(() -> started);

    @Test
    void anOpenTensorIsReportedWithClassAndBackend() {
        started.add(backend);
        NoTensorLeaks.Counts before = watch.count();
        try (Tensor left = Tensor.empty(backend, DType.FLOAT32, Shape.of(3))) {
            AssertionError e = assertThrows(AssertionError.class, () -> watch.check("some.LeakyTest", before));
            assertEquals(
                    "some.LeakyTest left open: 1 tensors on reference (12 bytes are live); close them, or make them in a"
                            + " Scope",
                    e.getMessage());
            assertTrue(left.size() > 0);
        }
        watch.check("some.TidyTest", before);
    }

    @Test
    void aBackendStartedMeanwhileCountsFromZero() {
        NoTensorLeaks.Counts before = watch.count();
        started.add(backend);
        try (Tensor left = Tensor.empty(backend, DType.FLOAT32, Shape.of(3))) {
            assertThrows(AssertionError.class, () -> watch.check("some.LeakyTest", before));
            assertTrue(left.size() > 0);
        }
    }

    @Test
    void whatWasOpenBeforeIsNotHeldAgainstTheClass() {
        started.add(backend);
        try (Tensor old = Tensor.empty(backend, DType.FLOAT32, Shape.of(3))) {
            watch.check("some.TidyTest", watch.count());
            assertTrue(old.size() > 0);
        }
    }

    @Test
    void junitFindsIt() {
        assertTrue(ServiceLoader.load(Extension.class).stream().anyMatch(p -> p.type() == NoTensorLeaks.class));
    }
}
