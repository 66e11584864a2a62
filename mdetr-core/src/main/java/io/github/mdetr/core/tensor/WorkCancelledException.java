package io.github.mdetr.core.tensor;

import java.util.concurrent.CancellationException;

/**
 * Work under a {@link Cancellation} was given up. Everything it had made is closed, and what it worked on, such as a model, is
 * as usable as before.
 */
public final class WorkCancelledException extends CancellationException {
    private static final long serialVersionUID = 1L;

    /** Why work is given up. */
    public enum Reason {
        /** The thread that asked for it was interrupted; it still is. */
        INTERRUPTED,
        /** Its time was over. */
        DEADLINE
    }

    private final Reason reason;

    WorkCancelledException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
