package io.github.mdetr.core.testing;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.tensor.Context;
import java.util.List;

/** The backends that can run here, the reference among them, and running on one of them. */
public final class TestBackends {
    private TestBackends() {}

    /** Every backend that can run here, started. */
    public static List<Backend> all() {
        return Backends.available().stream().map(Backends::get).toList();
    }

    /** The oracle. */
    public static Backend reference() {
        return Backends.get("reference");
    }

    /** Runs {@code work} where {@code backend} computes, with it as the device of new tensors. */
    public static void on(Backend backend, Runnable work) {
        Context.with(
                backend,
                () -> backend.run(() -> {
                    work.run();
                    return true;
                }));
    }
}
