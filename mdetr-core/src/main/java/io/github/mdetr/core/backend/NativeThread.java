package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
        CompletableFuture<T> result = new CompletableFuture<>();
        WORK.add(() -> {
            try {
                result.complete(context.carry(work));
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
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
