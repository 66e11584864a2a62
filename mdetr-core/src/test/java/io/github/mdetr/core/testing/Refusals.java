package io.github.mdetr.core.testing;

import io.github.mdetr.core.tensor.OutOfTensorMemoryException;

/** Makes a pool refuse memory at one of the next requests. Used on one thread at a time. */
public final class Refusals {
    private long granted;
    private long limit = Long.MAX_VALUE;

    /** Refuses everything after the next {@code n} requests. */
    public void after(long n) {
        granted = 0;
        limit = n;
    }

    /** Refuses nothing any more. */
    public void end() {
        limit = Long.MAX_VALUE;
    }

    /** For a pool, at each request. */
    public void ask() {
        if (granted++ >= limit) {
            throw new OutOfTensorMemoryException("refused to see what is left behind");
        }
    }
}
