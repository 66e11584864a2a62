package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.testing.FreshJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NativeThreadTest {
    @Test
    void allCallersShareOneThreadAndNestedWorkStaysOnIt() {
        Thread first = NativeThread.run(Thread::currentThread);
        assertSame(first, NativeThread.run(() -> NativeThread.run(Thread::currentThread)));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> callers = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int k = 0; k < 50; k++) {
                        NativeThread.execute(() -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                        });
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        callers.forEach(NativeThreadTest::join);
        assertEquals(1, most.get());
    }

    @Test
    void contextOfTheCallerHoldsInside() {
        Context own = Context.current();
        assertSame(own, NativeThread.run(Context::current));
        assertSame(own, Context.current());
    }

    @Test
    void failuresArriveAsTheyWereThrown() {
        IllegalStateException e = new IllegalStateException("as it was");
        assertSame(
                e,
                assertThrows(
                        IllegalStateException.class,
                        () -> NativeThread.execute(() -> {
                            throw e;
                        })));
        assertThrows(
                UncheckedIOException.class,
                () -> NativeThread.execute(() -> {
                    throw new UncheckedIOException(new IOException());
                }));
        assertThrows(
                OutOfMemoryError.class,
                () -> NativeThread.execute(() -> {
                    throw new OutOfMemoryError();
                }));
        assertTrue(NativeThread.run(() -> true), "it goes on serving");
    }

    @Test
    void interruptsWait() {
        Thread.currentThread().interrupt();
        assertEquals(3, NativeThread.run(() -> 3));
        assertTrue(Thread.interrupted());
    }

    /**
     * Many tasks on a common pool of several workers, of which one waits for the native thread: none may run on the thread
     * that waits, since the native thread works under its scopes.
     */
    static final class Helping {
        private static final ThreadLocal<Boolean> WAITING = ThreadLocal.withInitial(() -> false);

        public static void main(String[] args) {
            AtomicInteger helped = new AtomicInteger();
            CompletableFuture.runAsync(() -> {
                        List<CompletableFuture<Void>> others = IntStream.range(0, 60)
                                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                                    helped.addAndGet(WAITING.get() ? 1 : 0);
                                    sleep(20);
                                }))
                                .toList();
                        WAITING.set(true);
                        NativeThread.execute(() -> sleep(300));
                        WAITING.set(false);
                        CompletableFuture.allOf(others.toArray(CompletableFuture[]::new))
                                .join();
                    })
                    .join();
            System.out.println(ForkJoinPool.commonPool().getParallelism() + " workers, " + helped + " helped");
        }

        private static void sleep(long ms) {
            try {
                Thread.sleep(ms);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aWaitingWorkerOfTheCommonPoolRunsNothingElse() throws Exception {
        assertEquals(
                List.of("3 workers, 0 helped"),
                FreshJvm.run(
                        Helping.class,
                        Duration.ofSeconds(60),
                        "-Djava.util.concurrent.ForkJoinPool.common.parallelism=3"));
    }

    private static void join(Thread t) {
        try {
            t.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
