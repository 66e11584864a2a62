package io.github.mdetr.nn.training;

import java.util.concurrent.CountDownLatch;

/**
 * While it is open, a process that is asked to end (SIGTERM, Ctrl-C) lets a training finish its step and save; then it ends,
 * with the code of the signal: 143 for SIGTERM, 130 for Ctrl-C.
 *
 * <pre>{@code
 * try (SignalStop stop = new SignalStop(trainer)) {
 *     trainer.run();
 * }
 * }</pre>
 */
public final class SignalStop implements AutoCloseable {
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    /** Begins to watch. */
    public SignalStop(Trainer trainer) {
        hook = new Thread(
                () -> {
                    trainer.stop();
                    try {
                        done.await(); // not for the thread that trains: it may be the one that ends the process
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "mdetr-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The training has ended. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending
        }
    }
}
