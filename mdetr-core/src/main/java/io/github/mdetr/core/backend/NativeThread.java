package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Cancellation;
import io.github.mdetr.core.tensor.Context;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of this process that calls native kernels. OpenMP keeps a team of workers for every thread that calls
 * it, and teams that compute at the same time spin against each other, so that two callers take far longer than one
 * after the other. Hence all of them hand their work to this thread and wait.
 */
public final class NativeThread {
    private static final long STACK = 16L << 20;
    private static final LinkedBlockingQueue<Runnable> WORK = new LinkedBlockingQueue<>();
    private static final Thread THREAD = new Thread(null, NativeThread::serve, "mdetr-native", STACK);

    static {
        THREAD.setDaemon(true);
        THREAD.start();
    }

    private NativeThread() {}

    private static void serve() {
        while (true) {
            try {
                WORK.take().run();
            } catch (InterruptedException e) {
                // It serves as long as the process lives; nobody has a reason to stop it.
            }
        }
    }

    /**
     * Runs {@code work} there, under the scopes and the tape of the calling thread, and returns its result; what it
     * throws is thrown here. Called from that thread it runs at once. Waits through interrupts, which stay set: the work
     * may use what the caller would free.
     */
    public static <T> T run(Supplier<T> work) {
        if (Thread.currentThread() == THREAD) {
            return work.get();
        }
        return handOver(work, null);
    }

    /**
     * The same for work that may be given up ({@link Cancellation}): when it is to end before it has begun, it never begins,
     * and this returns at once. Once begun it ends by itself, at its next operation, and this waits until it has.
     *
     * @throws io.github.mdetr.core.tensor.WorkCancelledException when it was given up
     */
    public static <T> T runUnlessCancelled(Supplier<T> work) {
        if (Thread.currentThread() == THREAD) {
            return work.get();
        }
        Cancellation.checkpoint();
        return handOver(work, Cancellation.current());
    }

    private static <T> T handOver(Supplier<T> work, @Nullable Cancellation cancellation) {
        Context context = Context.current();
        // no CompletableFuture: its join runs other tasks on a waiting worker of the common pool, under this very
        // context
        Task<T> task = new Task<>(() -> context.carry(work));
        WORK.add(task);
        try {
            return cancellation == null ? await(task) : await(task, cancellation);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause()); // a Supplier throws no other
        }
    }

    /** Work that either the native thread begins or the one that asked for it takes back. */
    private static final class Task<T> extends FutureTask<T> {
        private final AtomicBoolean taken = new AtomicBoolean();

        Task(Callable<T> work) {
            super(work);
        }

        @Override
        public void run() {
            if (taken.compareAndSet(false, true)) {
                super.run();
            }
        }

        /** Whether it had not begun; then it never will. */
        boolean takeBack() {
            if (!taken.compareAndSet(false, true)) {
                return false;
            }
            WORK.remove(this); // the memory it would use is its caller's again
            return true;
        }
    }

    private static <T> T await(FutureTask<T> task) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T await(Task<T> task, Cancellation cancellation) throws ExecutionException {
        try {
            return task.get(cancellation.remaining(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            cancellation.interrupted();
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // the cancellation knows
        }
        if (task.takeBack()) {
            Cancellation.checkpoint();
            throw new IllegalStateException("work was taken back without a reason");
        }
        return await(task);
    }

    /** Runs {@code work} there, as {@link #run} does. */
    public static void execute(Runnable work) {
        if (Thread.currentThread() == THREAD) {
            work.run();
            return;
        }
        boolean done = run(() -> {
            work.run();
            return true;
        });
        assert done;
    }
}
