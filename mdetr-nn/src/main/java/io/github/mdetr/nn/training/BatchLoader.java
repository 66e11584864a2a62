package io.github.mdetr.nn.training;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Makes batches ahead on other threads and gives them in the order of their steps, so that the model does not wait.
 */
public final class BatchLoader implements AutoCloseable {
    private static final long SECONDS = 30;

    private final ExampleSource source;
    private final BatchMaker maker;
    private final ExecutorService workers;
    private final int ahead;
    private final Deque<Future<PreparedBatch>> pending = new ArrayDeque<>();
    private long next;
    private double waited;

    /**
     * Begins with a step.
     *
     * @param ahead number of batches that are made before they are asked for
     */
    public BatchLoader(ExampleSource source, BatchMaker maker, long firstStep, int threads, int ahead) {
        this.source = source;
        this.maker = maker;
        this.next = firstStep;
        this.ahead = ahead;
        this.workers = Executors.newFixedThreadPool(threads, work -> {
            Thread t = new Thread(work, "mdetr-loader");
            t.setDaemon(true);
            return t;
        });
        fill();
    }

    private void fill() {
        while (pending.size() <= ahead) {
            long step = next++;
            pending.add(workers.submit(() -> maker.make(source.examples(step))));
        }
    }

    /**
     * The next step's batch.
     *
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when an example is not one to train on
     */
    public PreparedBatch take() throws IOException {
        long start = System.nanoTime();
        try {
            return pending.remove().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) {
                throw io;
            }
            if (cause instanceof RuntimeException problem) {
                throw problem;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the loader was interrupted", e);
        } finally {
            waited += (System.nanoTime() - start) / 1e9;
            fill();
        }
    }

    /** Seconds that batches were waited for, in all. */
    public double waitedSeconds() {
        return waited;
    }

    /** Stops the threads: none reads an image any more, unless one takes longer than {@value #SECONDS} seconds. */
    @Override
    public void close() {
        workers.shutdownNow();
        try {
            workers.awaitTermination(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
