package io.github.mdetr.core.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Five seconds and so much memory for whatever a reader is given. The seconds are the thread's own: a busy machine's disk
 * and neighbours are not what is tested, and a minute of the clock is left for them.
 */
public final class Bounded {
    private static final int MILLIS = 5000;
    private static final int CLOCK_MILLIS = 60_000;
    private static final int ATTEMPTS = 3;

    private Bounded() {}

    /**
     * Runs the action, again where it took too much: the first run may load classes.
     *
     * @param bytes most that the thread may allocate on the heap
     */
    public static <T> T call(long bytes, Callable<T> action) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return measured(bytes, action);
            } catch (Excess e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static <T> T measured(long bytes, Callable<T> action) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        T result = action.call();
        long cpuMillis = TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - cpu);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        long used = threads.getCurrentThreadAllocatedBytes() - allocated;
        if (cpuMillis > MILLIS || millis > CLOCK_MILLIS || used > bytes) {
            throw new Excess(cpuMillis + " ms of the processor, " + millis + " ms in all, " + used
                    + " bytes allocated, expected at most " + MILLIS + ", " + CLOCK_MILLIS + " and " + bytes);
        }
        return result;
    }

    private static final class Excess extends AssertionError {
        private static final long serialVersionUID = 1L;

        Excess(String message) {
            super(message);
        }
    }
}
