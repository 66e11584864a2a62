package io.github.mdetr.core.testing;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test class that leaves tensors open on any backend. JUnit finds it by itself wherever this module's test jar
 * is on the class path, since {@code junit-platform.properties} turns automatic detection on.
 */
public final class NoTensorLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(NoTensorLeaks.class);

    private final Supplier<List<Backend>> backends;

    /** Watches every backend that is started. */
    public NoTensorLeaks() {
        this(Backends::started);
    }

    NoTensorLeaks(Supplier<List<Backend>> backends) {
        this.backends = backends;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), count());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Counts before = context.getStore(NAMESPACE).get(context.getUniqueId(), Counts.class);
        check(context.getRequiredTestClass().getName(), before);
    }

    /** Blocks in use on each backend; those started later had none. */
    static final class Counts {
        private final IdentityHashMap<Backend, Long> blocks = new IdentityHashMap<>();

        long of(Backend b) {
            return blocks.getOrDefault(b, 0L);
        }
    }

    Counts count() {
        Counts c = new Counts();
        backends.get().forEach(b -> c.blocks.put(b, b.memory().blocks()));
        return c;
    }

    void check(String testClass, Counts before) {
        List<String> leaks = new ArrayList<>();
        for (Backend b : backends.get()) {
            long left = b.memory().blocks() - before.of(b);
            if (left != 0) {
                leaks.add(left + " tensors on " + b.name() + " (" + b.memory().live() + " bytes are live)");
            }
        }
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    testClass + " left open: " + String.join(", ", leaks) + "; close them, or make them in a Scope");
        }
    }
}
