package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A line a minute for each client and kind. */
class FaultLogTest {
    private final AtomicLong now = new AtomicLong();
    private final FaultLog faults = new FaultLog(now::get);

    private static String logged(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aKindIsSaidOnceAMinuteWithTheNumberOfTheRest() {
        String first = logged(() -> {
            for (int i = 0; i < 40; i++) {
                faults.client("10.0.0.1", 400, "bad\nline");
            }
            faults.client("10.0.0.2", 400, "bad");
            faults.client("10.0.0.1", 413, "long");
        });
        assertEquals(3, first.lines().count(), first);
        assertTrue(first.contains("10.0.0.1: 400 bad?line"), first);
        now.addAndGet(TimeUnit.MINUTES.toNanos(1));
        String second = logged(() -> faults.client("10.0.0.1", 400, "bad"));
        assertTrue(second.contains("(and 39 more of the kind since the last line)"), second);
    }

    @Test
    void manyClientsMakeNoMoreThanAHundredLinesAMinute() {
        String text = logged(() -> {
            for (int i = 0; i < 5000; i++) {
                faults.client("10.0." + i / 256 + "." + i % 256, 400, "bad");
            }
        });
        assertEquals(100, text.lines().count());
    }

    @Test
    void aFailureOfOursHasOneTraceAMinute() {
        String text = logged(() -> {
            for (int i = 0; i < 50; i++) {
                faults.failure("detect", new IllegalStateException("broken"));
            }
        });
        assertEquals(1, text.lines().filter(l -> l.contains("broken")).count(), text);
    }
}
