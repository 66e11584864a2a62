package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Context;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

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
        Context context = Context.current();
        // no CompletableFuture: its join runs other tasks on a waiting worker of the common pool, under this very
        // context
        FutureTask<T> task = new FutureTask<>(() -> context.carry(work));
        WORK.add(task);
        try {
            return await(task);
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
