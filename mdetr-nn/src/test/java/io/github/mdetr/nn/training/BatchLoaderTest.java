package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Batches made on other threads: their order, their errors, and that nothing goes on behind the back of who closes it. */
class BatchLoaderTest {
    private static final BatchMaker MAKER =
            new BatchMaker(RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny")), 512);

    /** The later of two batches is ready first. */
    @Test
    void batchesComeInTheOrderOfTheirSteps() throws IOException {
        try (BatchLoader loader = new BatchLoader(step -> slow(step, step % 2 == 0 ? 40 : 0), MAKER, 5, 3, 4)) {
            for (long step = 5; step < 15; step++) {
                assertEquals(List.of("noise " + step), loader.take().ids());
            }
        }
    }

    @Test
    void anErrorComesWhereItsBatchWould() throws IOException {
        ExampleSource source = step -> {
            if (step == 1) {
                throw new IOException("no such picture");
            }
            return TinyTraining.examples(step);
        };
        try (BatchLoader loader = new BatchLoader(source, MAKER, 0, 2, 3)) {
            assertEquals(List.of("noise 0"), loader.take().ids());
            assertEquals(
                    "no such picture",
                    assertThrows(IOException.class, loader::take).getMessage());
            assertEquals(List.of("noise 2"), loader.take().ids());
        }
    }

    @Test
    void nothingIsReadOnceItIsClosed() throws InterruptedException {
        AtomicInteger reading = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(2);
        ExampleSource source = step -> {
            reading.incrementAndGet();
            begun.countDown();
            long end = System.nanoTime() + 200_000_000;
            while (System.nanoTime() < end) { // as a decoder, which does not look whether it is interrupted
                Thread.onSpinWait();
            }
            reading.decrementAndGet();
            return TinyTraining.examples(step);
        };
        BatchLoader loader = new BatchLoader(source, MAKER, 0, 2, 5);
        begun.await();
        loader.close();
        assertEquals(0, reading.get());
    }

    private static List<TrainingExample> slow(long step, long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return TinyTraining.examples(step);
    }
}
