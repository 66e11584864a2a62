package io.github.mdetr.core.backend;

import org.jspecify.annotations.Nullable;

/** One way to compute, found by {@link java.util.ServiceLoader}. Called on the {@link NativeThread} alone. */
public interface BackendProvider {

    /** Its name, as in {@code -Dmdetr.backend=NAME}. */
    String name();

    /** The automatic choice takes the highest that can run. */
    int priority();

    /**
     * Why it cannot run here, in one line that names the artifact to add or what the processor lacks; null when it can.
     * Loads native code where that is how to know.
     */
    @Nullable
    String unavailable();

    /** Why the automatic choice passes it over although it can run, null when it does not. */
    default @Nullable String unfavourable() {
        return null;
    }

    /** Starts it; called once. */
    Backend create();
}
