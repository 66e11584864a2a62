package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.tensor.Cancellation;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.tensor.WorkCancelledException;
import io.github.mdetr.core.tensor.WorkCancelledException.Reason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that is given up before it begins, while it waits and while it runs. */
@Timeout(60)
class CancellationTest {
    private static final Backend BACKEND = Backends.get();

    /** Runs work under a cancellation on a thread of its own, and keeps what came of it. */
    private static final class Caller {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean stillInterrupted;
        private final Thread thread;

        Caller(Duration time, Supplier<?> work) {
            thread = new Thread(() -> {
                try {
                    Object result = Cancellation.within(time, () -> BACKEND.run(work));
                    assertNotSame(this, result);
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                }
                stillInterrupted = Thread.currentThread().isInterrupted();
            });
            thread.start();
        }

        Reason reason() throws InterruptedException {
            thread.join();
            return failure.get() instanceof WorkCancelledException e ? e.reason() : null;
        }
    }

    /** Makes tensors until it is stopped. */
    private static Object endless(CountDownLatch begun) {
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.full(1, 32, 32);
            while (true) {
                try (Tensor y = Products.matmul(x, x)) {
                    assertEquals(1024, y.size());
                }
                begun.countDown();
            }
        }
    }

    @Test
    void anInterruptBeforeTheWorkEndsItAtOnceAndStaysSet() {
        AtomicInteger ran = new AtomicInteger();
        Thread.currentThread().interrupt();
        WorkCancelledException e =
                assertThrows(WorkCancelledException.class, () -> Cancellation.within(null, ran::incrementAndGet));
        assertEquals(Reason.INTERRUPTED, e.reason());
        assertTrue(Thread.interrupted());
        assertEquals(0, ran.get());
        assertNull(Cancellation.current());
    }

    @Test
    void anInterruptEndsRunningWorkBetweenOperations() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Caller caller = new Caller(null, () -> endless(begun));
        begun.await();
        caller.thread.interrupt();
        assertEquals(Reason.INTERRUPTED, caller.reason());
        assertTrue(caller.stillInterrupted);
        assertEquals(7, BACKEND.run(() -> 7), "the native thread goes on serving");
    }

    @Test
    void aDeadlineEndsRunningWorkBetweenOperations() throws InterruptedException {
        Caller caller = new Caller(Duration.ofMillis(50), () -> endless(new CountDownLatch(1)));
        assertEquals(Reason.DEADLINE, caller.reason());
        assertFalse(caller.stillInterrupted);
    }

    @Test
    void workThatWaitsIsDroppedWhenItsTimeIsOver() throws InterruptedException {
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Thread occupier = occupy(free);
        Caller caller = new Caller(Duration.ofMillis(50), ran::incrementAndGet);
        assertEquals(Reason.DEADLINE, caller.reason()); // while the thread is still occupied
        free.countDown();
        occupier.join();
        NativeThread.execute(() -> {});
        assertEquals(0, ran.get());
    }

    @Test
    void workThatWaitsIsDroppedByAnInterrupt() throws InterruptedException {
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Thread occupier = occupy(free);
        Caller caller = new Caller(null, ran::incrementAndGet);
        while (caller.thread.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        caller.thread.interrupt();
        assertEquals(Reason.INTERRUPTED, caller.reason());
        free.countDown();
        occupier.join();
        NativeThread.execute(() -> {});
        assertEquals(0, ran.get());
    }

    private static Thread occupy(CountDownLatch free) throws InterruptedException {
        CountDownLatch occupied = new CountDownLatch(1);
        Thread occupier = new Thread(() -> NativeThread.execute(() -> {
            occupied.countDown();
            await(free);
        }));
        occupier.start();
        occupied.await();
        return occupier;
    }

    @Test
    void othersAreNotAffected() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Caller caller = new Caller(null, () -> endless(begun));
        begun.await();
        AtomicReference<Object> result = new AtomicReference<>();
        Thread other = new Thread(() -> result.set(Cancellation.within(
                Duration.ofMinutes(1),
                () -> BACKEND.run(() -> {
                    try (Tensor x = Tensor.full(2, 3)) {
                        return x.toFloats()[0];
                    }
                }))));
        other.start();
        TimeUnit.MILLISECONDS.sleep(20);
        caller.thread.interrupt();
        assertEquals(Reason.INTERRUPTED, caller.reason());
        other.join();
        assertEquals(2f, result.get());
    }

    @Test
    void whatIsFreedOnTheWayIsFreedInSpiteOfTheEnd() {
        long before = BACKEND.memory().blocks();
        Thread.currentThread().interrupt();
        assertThrows(WorkCancelledException.class, () -> Cancellation.within(null, () -> Tensor.full(1, 4)));
        assertTrue(Thread.interrupted());
        assertThrows(
                WorkCancelledException.class,
                () -> Cancellation.within(null, () -> {
                    try (Tensor x = Tensor.full(1, 2, 2)) {
                        Thread.currentThread().interrupt();
                        return Products.matmul(x, x);
                    }
                }));
        assertTrue(Thread.interrupted());
        assertEquals(before, BACKEND.memory().blocks());
    }

    @Test
    void workWithoutACancellationGoesThroughAnInterrupt() {
        Thread.currentThread().interrupt();
        try (Tensor x = BACKEND.run(() -> Tensor.full(3, 2, 2))) {
            assertEquals(4, x.size());
        }
        assertTrue(Thread.interrupted());
    }

    @Test
    void theEarlierOfTwoEndsCounts() {
        WorkCancelledException e = assertThrows(
                WorkCancelledException.class,
                () -> Cancellation.within(
                        Duration.ofMillis(20),
                        () -> Cancellation.within(Duration.ofHours(1), () -> endless(new CountDownLatch(1)))));
        assertEquals(Reason.DEADLINE, e.reason());
        Cancellation outer = Cancellation.within(Duration.ofHours(1), Cancellation::current);
        assertTrue(outer.remaining() > 0);
        assertSame(null, Cancellation.current());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
