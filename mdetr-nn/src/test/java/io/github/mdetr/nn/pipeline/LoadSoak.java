package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Hours of detection from four threads: images of random sizes, captions of random lengths, batches of one to three, and
 * bad input in one call of twenty. Every result must equal the one that a single thread got before, every bad call must
 * end in its error, and the resident set must not grow: its slope after the first sixth of the time is fitted by least
 * squares. {@code bench/load.sh} runs it.
 */
public final class LoadSoak {
    private static final int THREADS = 4;
    private static final int CALLS = 48;
    private static final int BAD_SHARE = 20; // one in so many
    private static final double ALLOWED = 20; // MiB an hour

    private final Mdetr mdetr;
    private final List<List<DetectRequest>> calls = new ArrayList<>();
    private final List<List<DetectResult>> expected = new ArrayList<>();
    private final DetectOptions options =
            DetectOptions.defaults().withThreshold(0).withResize(ResizePolicy.nativeSize());
    private final AtomicLong good = new AtomicLong();
    private final AtomicLong bad = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    private LoadSoak(Mdetr mdetr, int smallest, int largest) {
        this.mdetr = mdetr;
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < CALLS; i++) {
            int batch = 1 + random.nextInt(3);
            calls.add(IntStream.range(0, batch)
                    .mapToObj(k -> {
                        RgbImage image = noise(
                                random.nextInt(smallest, largest + 1), random.nextInt(smallest, largest + 1), random);
                        return DetectRequest.of(image, "a dog and ".repeat(random.nextInt(40)) + "a cat");
                    })
                    .toList());
        }
        calls.forEach(call -> expected.add(mdetr.detect(call, options)));
    }

    /**
     * Runs.
     *
     * @param args checkpoint, folder of the vocabulary, minutes, smallest and largest side in pixels
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 5) {
            System.err.println(
                    "expected CHECKPOINT VOCABULARY MINUTES SMALLEST LARGEST, got " + args.length + " arguments");
            System.exit(2);
        }
        LoadOptions options = LoadOptions.builder().vocabulary(Path.of(args[1])).build();
        boolean steady;
        try (Mdetr mdetr = Mdetr.load(Path.of(args[0]), options)) {
            steady = new LoadSoak(mdetr, Integer.parseInt(args[3]), Integer.parseInt(args[4]))
                    .run(Integer.parseInt(args[2]));
        }
        System.exit(steady ? 0 : 1);
    }

    private boolean run(int minutes) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MINUTES.toNanos(minutes);
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(i -> new Thread(() -> work(i, end), "load-" + i))
                .toList();
        threads.forEach(Thread::start);
        List<double[]> samples = new ArrayList<>(); // hours, MiB
        while (System.nanoTime() < end && failures.isEmpty()) {
            TimeUnit.SECONDS.sleep(15);
            double hours = (System.nanoTime() - start) / 3.6e12;
            samples.add(new double[] {hours, ResidentSet.kibibytes() / 1024.0});
            if (samples.size() % 20 == 0) {
                print(hours, samples.get(samples.size() - 1)[1]);
            }
        }
        for (Thread t : threads) {
            t.join();
        }
        failures.forEach(System.out::println);
        double slope = slope(samples.subList(samples.size() / 6, samples.size()));
        print((System.nanoTime() - start) / 3.6e12, ResidentSet.kibibytes() / 1024.0);
        System.out.printf(Locale.ROOT, "slope %.1f MiB an hour, allowed %.0f%n", slope, ALLOWED);
        return failures.isEmpty() && slope < ALLOWED;
    }

    private void work(int thread, long end) {
        SplittableRandom random = new SplittableRandom(100 + thread);
        while (System.nanoTime() < end && failures.isEmpty()) {
            try {
                if (random.nextInt(BAD_SHARE) == 0) {
                    refused(random.nextInt(5));
                    bad.incrementAndGet();
                } else {
                    int i = random.nextInt(CALLS);
                    if (!mdetr.detect(calls.get(i), options).equals(expected.get(i))) {
                        failures.add("call " + i + " gave another result than alone");
                    }
                    good.incrementAndGet();
                }
            } catch (RuntimeException | IOException | Error e) {
                failures.add(e.toString());
            }
        }
    }

    /** Bad input of a kind, which must end in its error. */
    private void refused(int kind) throws IOException {
        RgbImage image = calls.get(0).get(0).image();
        try {
            switch (kind) {
                case 0 -> mdetr.detect(image, "  ", options);
                case 1 -> mdetr.detect(image, "a ".repeat(2000), options);
                case 2 -> mdetr.detect(image, "half a pair \ud83d", options);
                case 3 -> mdetr.detect(List.of(), options);
                default -> ImageReader.of(ImageReader.Mode.SHOWN).read(new byte[] {(byte) 0xff, (byte) 0xd8, 0}, "bad");
            }
            failures.add("bad input of kind " + kind + " was taken");
        } catch (IllegalArgumentException | io.github.mdetr.tokenizer.TokenizerException | ImageReadException e) {
            // as it must be
        }
    }

    /** Of the line through the samples with the least squares. */
    private static double slope(List<double[]> samples) {
        double x = samples.stream().mapToDouble(s -> s[0]).average().orElse(0);
        double y = samples.stream().mapToDouble(s -> s[1]).average().orElse(0);
        double xy = samples.stream().mapToDouble(s -> (s[0] - x) * (s[1] - y)).sum();
        double xx = samples.stream().mapToDouble(s -> (s[0] - x) * (s[0] - x)).sum();
        return xy / xx;
    }

    private static RgbImage noise(int width, int height, SplittableRandom random) {
        byte[] rgb = new byte[width * height * 3];
        random.nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    private void print(double hours, double resident) {
        System.out.printf(
                Locale.ROOT,
                "%5.2f h: %6d calls, %5d refused; resident %.0f MiB; tensors live %d, peak %d MiB%n",
                hours,
                good.get(),
                bad.get(),
                resident,
                mdetr.model().device().memory().live() >> 20,
                mdetr.model().device().memory().peak() >> 20);
    }
}
