package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * What must hold for any bytes: success or one clear error, in five seconds, in memory of a small multiple of the file. The
 * seconds are the thread's own: a busy machine's disk and neighbours are not what is tested, and a minute of the clock is
 * left for them.
 */
final class Hostile {
    private static final long FREE_BYTES = 12 << 20;
    private static final int MULTIPLE = 100;

    private Hostile() {}

    /** Opens the file and reads all that it offers. */
    static void readAll(Path file) throws IOException {
        byte[] chunk = new byte[1 << 16];
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.args();
            for (String section : checkpoint.sections()) {
                TensorSource source = checkpoint.section(section);
                for (TensorInfo info : source.tensors().values()) {
                    int step = chunk.length / info.type().bytes();
                    for (long done = 0; done < info.elements(); done += step) {
                        int count = (int) Math.min(step, info.elements() - done);
                        source.readBytes(
                                info.name(),
                                done,
                                ByteBuffer.wrap(chunk, 0, count * info.type().bytes()));
                    }
                }
            }
        }
    }

    /** Expects a one-line error that names the file and contains the fragments. */
    static void assertRejected(Path file, String... fragments) throws Exception {
        CheckpointFormatException error =
                bounded(file, () -> assertThrows(CheckpointFormatException.class, () -> readAll(file)));
        String message = error.getMessage();
        assertFalse(message.contains("\n") || message.contains("\r"), message);
        assertTrue(message.length() < 700, message);
        assertTrue(message.startsWith(file + ": "), message);
        for (String fragment : fragments) {
            assertTrue(message.contains(fragment), () -> "expected " + fragment + " in: " + message);
        }
    }

    /** Runs it and checks time and allocation. */
    static <T> T bounded(Path file, Callable<T> action) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long allocated = threads.getThreadAllocatedBytes(id);
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        T result = action.call();
        long cpuMillis = TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - cpu);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        long used = threads.getThreadAllocatedBytes(id) - allocated;
        long size = Files.isRegularFile(file) ? Files.size(file) : 0;
        assertTrue(cpuMillis < 5000, () -> cpuMillis + " ms of the processor");
        assertTrue(millis < 60_000, () -> millis + " ms");
        assertTrue(used < FREE_BYTES + MULTIPLE * size, () -> used + " bytes allocated for a file of " + size);
        return result;
    }
}
