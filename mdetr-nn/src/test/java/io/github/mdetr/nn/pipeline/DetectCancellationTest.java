package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.WorkCancelledException;
import io.github.mdetr.core.tensor.WorkCancelledException.Reason;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Detection that is given up; {@code GoldenCases.on} checks that no tensor stays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DetectCancellationTest {
    private static final String BACKENDS = "io.github.mdetr.nn.GoldenCases#backends";
    private static final RgbImage IMAGE = TinyMdetr.image(96, 64, 1);
    private static final RgbImage LARGE = TinyMdetr.image(1200, 1100, 2);
    private static final String CAPTION = "a dog and a ball";

    @TempDir
    static Path folder;

    private TinyMdetr tiny;

    @BeforeAll
    void write() throws IOException {
        tiny = TinyMdetr.in(folder);
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void anInterruptEndsDetectionAndTheModelStaysUsable(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                DetectResult expected = mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL);
                Thread.currentThread().interrupt();
                WorkCancelledException e =
                        assertThrows(WorkCancelledException.class, () -> mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL));
                assertEquals(Reason.INTERRUPTED, e.reason());
                assertTrue(Thread.interrupted());
                assertEquals(expected, mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL));
            }
        });
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aTimeEndsDetectionWhereverItIs(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                DetectResult expected = mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL);
                long whole = System.nanoTime();
                assertEquals(expected, mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL));
                whole = System.nanoTime() - whole;
                int ended = 0;
                for (int i = 0; i < 30; i++) { // at many moments
                    DetectOptions hurried = TinyMdetr.ALL.withTimeout(Duration.ofNanos(1 + whole * i / 30));
                    try {
                        assertEquals(expected, mdetr.detect(IMAGE, CAPTION, hurried));
                    } catch (WorkCancelledException e) {
                        assertEquals(Reason.DEADLINE, e.reason());
                        ended++;
                    }
                }
                assertTrue(ended > 0);
                DetectOptions enough = TinyMdetr.ALL.withTimeout(Duration.ofHours(1));
                assertEquals(expected, mdetr.detect(IMAGE, CAPTION, enough), "a time that is not over changes nothing");
            }
        });
    }

    @Test
    void phrasesEndToo() {
        tiny.with(mdetr -> {
            List<String> phrases = List.of("a dog", "a ball", "a cat", "a car", "a tree", "a bus");
            DetectOptions hurried = TinyMdetr.ALL.withTimeout(Duration.ofNanos(1));
            assertThrows(WorkCancelledException.class, () -> mdetr.detectEach(IMAGE, phrases, hurried));
            Thread.currentThread().interrupt();
            assertThrows(WorkCancelledException.class, () -> mdetr.detectEach(IMAGE, phrases, TinyMdetr.ALL));
            assertTrue(Thread.interrupted());
            assertEquals(6, mdetr.detectEach(IMAGE, phrases, TinyMdetr.ALL).size());
        });
    }

    @Test
    void anInterruptWhileTheModelRunsEndsItAndOthersGetTheirResults() throws Exception {
        try (Mdetr mdetr = tiny.load()) {
            DetectResult expected = mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL);
            AtomicReference<Throwable> got = new AtomicReference<>();
            Thread large = new Thread(() -> {
                try {
                    while (true) {
                        mdetr.detect(LARGE, CAPTION, TinyMdetr.ALL);
                    }
                } catch (RuntimeException e) {
                    got.set(e);
                }
            });
            large.start();
            CompletableFuture<DetectResult> other =
                    CompletableFuture.supplyAsync(() -> mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL));
            TimeUnit.MILLISECONDS.sleep(300);
            large.interrupt();
            large.join();
            assertEquals(Reason.INTERRUPTED, ((WorkCancelledException) got.get()).reason());
            assertEquals(expected, other.get());
            assertEquals(expected, mdetr.detect(IMAGE, CAPTION, TinyMdetr.ALL));
        }
    }
}
