package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.testing.Refusals;

/** The oneDNN backend on a pool that refuses memory when told to. */
public final class RefusingOneDnn {
    private RefusingOneDnn() {}

    /** A backend of its own, not the process's. */
    public static Backend create(Refusals refusals) {
        return new OneDnnBackend(new BlockPool(1L << 30) {
            @Override
            synchronized Block allocate(long bytes) {
                refusals.ask();
                return super.allocate(bytes);
            }
        });
    }
}
