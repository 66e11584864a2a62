package io.github.mdetr.core.tensor;

import io.github.mdetr.core.tensor.WorkCancelledException.Reason;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When work is to be given up: as soon as the thread that asked for it is interrupted, or when its time is over. It is part of
 * the {@link Context} and goes with it to the thread that computes. Every tensor that is made asks it first
 * ({@link Tensor#empty}), so that work ends between two operations and unwinds as it does when memory runs out.
 *
 * <pre>{@code
 * Cancellation.within(Duration.ofSeconds(5), () -> model.forward(input));
 * }</pre>
 *
 * <p>Work that nobody put under one, such as training, neither ends early nor notices an interrupt.
 */
public final class Cancellation {
    private final Thread owner = Thread.currentThread();
    private final long start = System.nanoTime();
    private final long nanos;
    private volatile boolean interrupted;

    private Cancellation(long nanos) {
        this.nanos = nanos;
    }

    /**
     * Runs {@code work}, which the calling thread's interruption ends, or the end of {@code time}; null: no end. Inside of other
     * work of this kind the earlier end counts.
     *
     * @throws WorkCancelledException when it was ended; the thread stays interrupted when that is why
     */
    public static <T> T within(@Nullable Duration time, Supplier<T> work) {
        Context context = Context.current();
        Cancellation outer = context.cancellation();
        long own = time == null ? Long.MAX_VALUE : saturated(time);
        Cancellation inner = new Cancellation(outer == null ? own : Math.min(own, outer.remaining()));
        context.cancellation(inner);
        try {
            inner.check();
            return work.get();
        } finally {
            context.cancellation(outer);
        }
    }

    private static long saturated(Duration time) {
        return time.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : time.toNanos();
    }

    /** What the work of this thread is under; null: nothing. */
    public static @Nullable Cancellation current() {
        return Context.current().cancellation();
    }

    /**
     * Ends the work of this thread if it is to end; call it between parts that make no tensors.
     *
     * @throws WorkCancelledException when it is to end
     */
    public static void checkpoint() {
        Cancellation c = current();
        if (c != null) {
            c.check();
        }
    }

    private void check() {
        if (interrupted || owner.isInterrupted()) {
            throw new WorkCancelledException(Reason.INTERRUPTED, "given up: the thread was interrupted");
        }
        if (remaining() <= 0) {
            throw new WorkCancelledException(
                    Reason.DEADLINE,
                    "given up: not done within " + Duration.ofNanos(nanos).toMillis() + " ms");
        }
    }

    /** Nanoseconds until the time is over, 0 or less when it is. */
    public long remaining() {
        return nanos == Long.MAX_VALUE ? nanos : nanos - (System.nanoTime() - start);
    }

    /** Notes that the owner was interrupted while it waited, which took the mark from the thread. */
    public void interrupted() {
        interrupted = true;
    }
}
