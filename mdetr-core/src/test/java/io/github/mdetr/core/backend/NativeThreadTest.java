package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
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

    private static void join(Thread t) {
        try {
            t.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
