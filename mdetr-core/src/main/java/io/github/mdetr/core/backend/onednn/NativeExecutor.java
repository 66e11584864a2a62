package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.tensor.Context;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that native kernels run on. OpenMP gives every calling thread a team of its own, and idle teams spin:
 * two callers would take the processor from each other. Work handed in keeps the caller's scopes and tape.
 */
final class NativeExecutor {
    private final ThreadFactory threads = r -> {
        Thread t = new Thread(null, r, "mdetr-native", 16L << 20);
        t.setDaemon(true);
        return t;
    };
    private final ThreadPoolExecutor pool =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

    NativeExecutor(Runnable atStart) {
        call(() -> {
            inside.set(true);
            atStart.run();
            return true;
        });
    }

    boolean isInside() {
        return inside.get();
    }

    /** Runs {@code work} there and waits, also through interrupts, which are kept for the caller. */
    <T> T call(Supplier<T> work) {
        if (isInside()) {
            return work.get();
        }
        Job<T> job = new Job<>(work, Context.current(), Thread.currentThread());
        pool.execute(job);
        return job.await();
    }

    private static final class Job<T> implements Runnable {
        private final Supplier<T> work;
        private final Context context;
        private final Thread caller;
        private volatile boolean done;
        private @Nullable T result;
        private @Nullable Throwable failure;

        Job(Supplier<T> work, Context context, Thread caller) {
            this.work = work;
            this.context = context;
            this.caller = caller;
        }

        @Override
        public void run() {
            try {
                result = context.carry(work);
            } catch (Throwable t) {
                failure = t;
            } finally {
                done = true;
                LockSupport.unpark(caller);
            }
        }

        @SuppressWarnings("NullAway") // the result is null only where the work gave null
        T await() {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            return result;
        }
    }
}
