package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Predicts on images of ever new sizes with captions of ever new lengths, from two threads, and prints the resident
 * memory of the process after each tenth. Whatever is kept for each size shows as growth; more than 3 % after the
 * fiftieth prediction is a failure. {@code bench/memory.sh} runs it.
 */
public final class MemorySoak {
    private static final double GOLDEN = 0.6180339887498949; // multiples of it fill [0, 1) evenly
    private static final double PLASTIC = 0.7548776662466927; // and with this the square
    private static final int WARM = 50;
    private static final int EVERY = 10;
    private static final double ALLOWED = 3; // %

    private final Mdetr mdetr;
    private final int smallest;
    private final int largest;

    private MemorySoak(Mdetr mdetr, int smallest, int largest) {
        this.mdetr = mdetr;
        this.smallest = smallest;
        this.largest = largest;
    }

    /**
     * Runs.
     *
     * @param args checkpoint, folder of the vocabulary, number of predictions, smallest and largest side in pixels
     */
    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        if (args.length != 5) {
            System.err.println(
                    "expected CHECKPOINT VOCABULARY COUNT SMALLEST LARGEST, got " + args.length + " arguments");
            System.exit(2);
        }
        LoadOptions options = LoadOptions.builder().vocabulary(Path.of(args[1])).build();
        boolean steady;
        try (Mdetr mdetr = Mdetr.load(Path.of(args[0]), options)) {
            steady = new MemorySoak(mdetr, Integer.parseInt(args[3]), Integer.parseInt(args[4]))
                    .run(Integer.parseInt(args[2]));
        }
        System.exit(steady ? 0 : 1);
    }

    private boolean run(int count) throws IOException, InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        long warm = 0;
        long now = 0;
        try {
            for (int done = 0; done < count; done += EVERY) {
                List<Future<DetectResult>> tens = IntStream.range(done, Math.min(count, done + EVERY))
                        .mapToObj(i -> threads.submit(() -> predict(i)))
                        .toList();
                for (Future<DetectResult> f : tens) {
                    f.get();
                }
                now = ResidentSet.kibibytes();
                warm = done + EVERY <= WARM ? now : warm;
                print(done + tens.size(), now);
            }
        } finally {
            threads.shutdown();
        }
        double growth = 100.0 * (now - warm) / warm;
        System.out.printf(Locale.ROOT, "growth after the first %d: %.2f %%, allowed %.0f %%%n", WARM, growth, ALLOWED);
        return growth <= ALLOWED;
    }

    private DetectResult predict(int i) {
        RgbImage image = noise(side(i * GOLDEN), side(i * PLASTIC), i);
        String caption = "a dog and ".repeat(1 + i % 60) + "a cat";
        DetectOptions options = DetectOptions.defaults().withThreshold(0).withResize(ResizePolicy.nativeSize());
        return mdetr.detect(image, caption, options);
    }

    private int side(double x) {
        return (int) (smallest + (x - Math.floor(x)) * (largest - smallest + 1));
    }

    private static RgbImage noise(int width, int height, long seed) {
        byte[] rgb = new byte[width * height * 3];
        new SplittableRandom(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    private void print(int done, long residentKiB) {
        MemoryStats pool = mdetr.model().device().memory();
        Runtime java = Runtime.getRuntime();
        System.out.printf(
                Locale.ROOT,
                "%4d predictions: resident %5d MiB; tensors live %5d, peak %5d, reserved %5d MiB in %d blocks; heap %4d MiB%n",
                done,
                residentKiB >> 10,
                pool.live() >> 20,
                pool.peak() >> 20,
                pool.reserved() >> 20,
                pool.blocks(),
                java.totalMemory() >> 20);
    }
}
