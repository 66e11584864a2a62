package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.BackendProvider;
import org.jspecify.annotations.Nullable;

/** Offers the reference backend, as {@code -Dmdetr.backend=reference}; every other one is chosen before it. */
public final class ReferenceBackendProvider implements BackendProvider {
    @Override
    public String name() {
        return ReferenceBackend.NAME;
    }

    @Override
    public int priority() {
        return Integer.MIN_VALUE;
    }

    @Override
    public @Nullable String unavailable() {
        return null;
    }

    @Override
    public Backend create() {
        return new ReferenceBackend();
    }
}
