package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.testing.FreshJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starting backends from several threads at once, in a process of its own, since each is started once. */
class BackendStartTest {
    /** Another thread asks for a backend while the native one is at work, which then asks for it too. */
    static final class Starter {
        public static void main(String[] args) throws InterruptedException {
            CountDownLatch working = new CountDownLatch(1);
            AtomicBoolean asking = new AtomicBoolean();
            AtomicReference<String> answer = new AtomicReference<>();
            Thread other = new Thread(() -> {
                await(working);
                asking.set(true);
                answer.set(ask());
            });
            other.start();
            System.out.println("native: "
                    + NativeThread.run(() -> {
                        working.countDown();
                        while (!asking.get() || (other.getState() != Thread.State.WAITING && other.isAlive())) {
                            LockSupport.parkNanos(1_000_000);
                        }
                        return ask();
                    }));
            other.join();
            System.out.println("other: " + answer);
        }

        private static String ask() {
            boolean found = Backends.available().contains(Device.current().name());
            return found + " " + Device.current().name() + " "
                    + Backends.started().size();
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "nd4j", "reference"})
    void theNativeThreadMayAskForTheBackendThatAnotherStarts(String backend) throws Exception {
        assumeTrue(Backends.available().contains(backend), "cannot run here");
        List<String> lines = FreshJvm.run(Starter.class, Duration.ofSeconds(60), "-Dmdetr.backend=" + backend);
        String expected = "true " + backend + " 1";
        assertEquals(List.of("native: " + expected, "other: " + expected), lines);
    }
}
