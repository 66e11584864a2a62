package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Places, whose they are, and when they are given up. */
@Timeout(60)
class WorkQueueTest {
    private final ScheduledThreadPoolExecutor clock = WorkQueue.clock();

    @AfterEach
    void stop() {
        clock.shutdownNow();
    }

    /** A task that ends when it may, or is interrupted. */
    private static final class Waiting implements WorkQueue.Task {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final CountDownLatch refusals = new CountDownLatch(1);
        private volatile String refused = "";
        private volatile boolean interrupted;

        @Override
        public void run() {
            begun.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
            ended.countDown();
        }

        @Override
        public void refuse(HttpError why) {
            refused = why.status() + " " + why.reason();
            refusals.countDown();
        }
    }

    private static Waiting submit(WorkQueue queue, String client) throws HttpError {
        Waiting task = new Waiting();
        queue.submit(client, task);
        return task;
    }

    @Test
    void theHeaviestClientsNewestGivesWayToAnother() throws Exception {
        WorkQueue queue = new WorkQueue(1, 3, Duration.ofMinutes(1), clock, new FaultLog(System::nanoTime));
        Waiting running = submit(queue, "a");
        running.begun.await();
        Waiting first = submit(queue, "a");
        Waiting second = submit(queue, "a");
        Waiting third = submit(queue, "a");
        assertEquals(0, queue.free());
        assertThrows(HttpError.class, () -> submit(queue, "a"), "it holds the most itself");
        Waiting other = submit(queue, "b");
        assertEquals("503 3 requests are waiting already; come again later", third.refused);
        assertEquals("", second.refused);
        Waiting again = submit(queue, "b");
        assertTrue(second.refused.startsWith("503 "));
        assertThrows(HttpError.class, () -> submit(queue, "b"), "now each holds two");
        for (Waiting task : new Waiting[] {running, first, other, again}) {
            task.mayEnd.countDown();
            task.ended.await();
        }
        assertEquals(1, third.begun.getCount(), "what was refused does not run");
        assertTrue(queue.stop(Duration.ofSeconds(10), Duration.ofSeconds(1)));
    }

    @Test
    void whatIsNotDoneInTimeIsRefusedAndInterrupted() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMillis(200), clock, new FaultLog(System::nanoTime));
        Waiting running = submit(queue, "a");
        Waiting waiting = submit(queue, "a");
        running.ended.await();
        assertTrue(running.interrupted);
        assertEquals("503 no result in 0.2 s; come again later", running.refused);
        waiting.refusals.await();
        Waiting next = submit(queue, "a");
        next.mayEnd.countDown();
        next.ended.await();
        assertFalse(next.interrupted, "an interrupt is meant for one task");
    }

    /** Else the clock would hold every request until its time is over, however soon it was answered. */
    @Test
    void whatIsDoneInTimeIsHeldNoLonger() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMinutes(1), clock, new FaultLog(System::nanoTime));
        Waiting task = submit(queue, "a");
        assertEquals(1, clock.getQueue().size());
        task.mayEnd.countDown();
        assertTrue(queue.stop(Duration.ofSeconds(10), Duration.ofSeconds(1)));
        assertEquals(0, clock.getQueue().size());
    }

    @Test
    void aRefusalThatFailsStillEndsTheTask() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMillis(200), clock, new FaultLog(System::nanoTime));
        CountDownLatch interrupted = new CountDownLatch(1);
        queue.submit("a", new WorkQueue.Task() {
            @Override
            public void run() {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            }

            @Override
            public void refuse(HttpError why) {
                throw new IllegalStateException("the connection is gone");
            }
        });
        interrupted.await();
    }

    @Test
    void aTaskThatFailsTakesNoThreadWithIt() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMinutes(1), clock, new FaultLog(System::nanoTime));
        queue.submit("a", new WorkQueue.Task() {
            @Override
            public void run() {
                throw new StackOverflowError();
            }

            @Override
            public void refuse(HttpError why) {}
        });
        Waiting next = submit(queue, "a");
        next.mayEnd.countDown();
        next.ended.await();
    }

    @Test
    void aClientIsAnAddressOrANetworkOfIpv6() throws Exception {
        byte[] six = {0x20, 1, 0x0d, (byte) 0xb8, 0, 1, 0, 2, 9, 9, 9, 9, 9, 9, 9, 9};
        assertEquals(
                "2001:db8:1:2:0:0:0:0/64", Exchange.client(new InetSocketAddress(InetAddress.getByAddress(six), 1)));
        byte[] four = {10, 0, 0, 1};
        assertEquals("10.0.0.1", Exchange.client(new InetSocketAddress(InetAddress.getByAddress(four), 1)));
    }

    @Test
    void stoppingWaitsThenGivesUp() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMinutes(1), clock, new FaultLog(System::nanoTime));
        Waiting running = submit(queue, "a");
        running.begun.await();
        Waiting waiting = submit(queue, "a");
        assertTrue(queue.stop(Duration.ofMillis(100), Duration.ofSeconds(30)));
        assertEquals("503 the service is stopping", waiting.refused);
        assertEquals("503 the service is stopping", running.refused);
        assertTrue(running.interrupted);
        assertThrows(HttpError.class, () -> submit(queue, "b"));
    }

    @Test
    void stoppingDoesNotWaitForWhatDoesNotEnd() throws Exception {
        WorkQueue queue = new WorkQueue(1, 1, Duration.ofMinutes(1), clock, new FaultLog(System::nanoTime));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        queue.submit("a", new WorkQueue.Task() {
            @Override
            public void run() {
                begun.countDown();
                while (free.getCount() > 0) {
                    Thread.onSpinWait(); // deaf to interrupts
                }
            }

            @Override
            public void refuse(HttpError why) {}
        });
        begun.await();
        long start = System.nanoTime();
        assertFalse(queue.stop(Duration.ofMillis(100), Duration.ofMillis(100)));
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        free.countDown();
    }
}
