package io.github.mdetr.examples.server;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * Hours of honest and hostile requests from 16 clients, mixed at random, to the service as a process of its own. Honest ones come
 * again after a 503, as it asks; 999 of 1000 must have the answer of a quiet service within their time. The resident set must not
 * grow and the log not run full; and SIGTERM, sent while all are at it, must end the process within half a minute. {@code
 * bench/service_soak.sh} runs it.
 */
public final class ServiceSoak {
    private static final int CLIENTS = 16;
    private static final int CALLS = 24;
    private static final Duration HONEST = Duration.ofSeconds(60);
    private static final double SHARE = 0.999;
    private static final double ALLOWED = 20; // MiB an hour
    private static final int LONG = 60; // minutes from which on a slope says something
    private static final double LAST = 30; // seconds from SIGTERM
    private static final long LOG_BYTES_A_MINUTE = 32 << 10;

    private final ServedProcess served;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(HONEST).build();
    private final List<HttpRequest> calls;
    private final List<String> expected = new ArrayList<>();
    private final AtomicLong honest = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong later = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final AtomicLongArray hostile = new AtomicLongArray(HostileClient.KINDS);
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private ServiceSoak(ServedProcess served) throws IOException, InterruptedException {
        this.served = served;
        this.calls = HonestCalls.of(served.at("/detect"), CALLS);
        for (HttpRequest call : calls) {
            HttpResponse<String> answer = client.send(call, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("a quiet service answers " + answer.statusCode() + ": " + answer.body());
            }
            expected.add(answer.body());
        }
    }

    /**
     * Runs.
     *
     * @param args the jar, checkpoint, folder of the vocabulary, minutes
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 4) {
            System.err.println("expected JAR CHECKPOINT VOCABULARY MINUTES, got " + args.length + " arguments");
            System.exit(2);
        }
        Path log = Files.createTempFile("service-soak", ".log");
        System.out.println("log of the service: " + log);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m", // all at once: a heap that grows would look like a leak
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-Dmdetr.memory.cap=2g",
                "-jar",
                args[0],
                "serve",
                "--weights",
                args[1],
                "--vocab",
                args[2],
                "--port",
                "0",
                "--timeout",
                "30",
                "--max-image-tokens",
                "1500");
        boolean held;
        try (ServedProcess served = ServedProcess.start(command, log)) {
            held = new ServiceSoak(served).run(Integer.parseInt(args[3]));
        }
        System.out.println(held ? "held" : "FAILED");
        System.exit(held ? 0 : 1);
    }

    private boolean run(int minutes) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + TimeUnit.MINUTES.toNanos(minutes);
        List<Thread> threads = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new Thread(() -> work(i), "client-" + i))
                .toList();
        threads.forEach(t -> t.setDaemon(true));
        threads.forEach(Thread::start);
        List<double[]> samples = new ArrayList<>(); // hours, MiB
        while (System.nanoTime() < end && served.isAlive()) {
            TimeUnit.SECONDS.sleep(5);
            if (served.isAlive()) {
                samples.add(new double[] {(System.nanoTime() - start) / 3.6e12, served.resident()});
            }
            if (samples.size() % 60 == 6) {
                print(samples);
            }
        }
        boolean alive = served.isAlive();
        stopping = true; // what fails from here on is the end's doing
        double last = served.terminate();
        print(samples);
        return judge(samples, minutes, alive, last);
    }

    private void work(int number) {
        SplittableRandom random = new SplittableRandom(100 + number);
        HostileClient enemy = new HostileClient(served.port(), random);
        while (!stopping) {
            try {
                if (random.nextBoolean()) {
                    ask(random.nextInt(CALLS));
                } else {
                    int kind = random.nextInt(HostileClient.KINDS);
                    enemy.attack(kind);
                    hostile.incrementAndGet(kind);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** An honest request, sent again as long as it is asked to come later. */
    private void ask(int index) throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + HONEST.toNanos();
        String got = "no answer";
        while (System.nanoTime() < end) {
            try {
                HttpResponse<String> answer = client.send(calls.get(index), BodyHandlers.ofString());
                if (answer.statusCode() == 503) {
                    got = answer.body();
                    later.incrementAndGet();
                    TimeUnit.SECONDS.sleep(
                            answer.headers().firstValueAsLong("Retry-After").orElse(1));
                    continue;
                }
                got = answer.statusCode() == 200 && answer.body().equals(expected.get(index))
                        ? ""
                        : answer.statusCode() + " " + answer.body();
                break;
            } catch (IOException e) {
                got = e.toString();
                broken.incrementAndGet();
                if (stopping) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        long took = System.nanoTime() - begun;
        if (stopping) {
            return;
        }
        honest.incrementAndGet();
        slowest.accumulateAndGet(took, Math::max);
        if (got.isEmpty() && took <= HONEST.toNanos()) {
            answered.incrementAndGet();
        } else if (failures.size() < 20) {
            failures.add("call " + index + " after " + TimeUnit.NANOSECONDS.toMillis(took) + " ms: " + got);
        }
    }

    private void print(List<double[]> samples) throws IOException {
        double[] now = samples.get(samples.size() - 1);
        System.out.printf(
                Locale.ROOT,
                "%5.2f h: %d honest, %d answered, %d times asked to come later, %d connections lost, slowest %.1f s;"
                        + " %d attacks; resident %.0f MiB; log %d KiB%n",
                now[0],
                honest.get(),
                answered.get(),
                later.get(),
                broken.get(),
                slowest.get() / 1e9,
                IntStream.range(0, HostileClient.KINDS).mapToLong(hostile::get).sum(),
                now[1],
                served.logBytes() >> 10);
    }

    private boolean judge(List<double[]> samples, int minutes, boolean alive, double last) throws IOException {
        failures.forEach(System.out::println);
        double slope = slope(samples.subList(samples.size() / 6, samples.size()));
        double share = honest.get() == 0 ? 0 : (double) answered.get() / honest.get();
        long log = served.logBytes();
        long mostLog = LOG_BYTES_A_MINUTE * (minutes + 2);
        System.out.println("attacks by kind: " + hostile);
        System.out.printf(Locale.ROOT, "alive to the end: %b%n", alive);
        System.out.printf(Locale.ROOT, "honest answered: %.5f, at least %.3f%n", share, SHARE);
        System.out.printf(
                Locale.ROOT,
                "slope of the resident set: %.1f MiB an hour, allowed %.0f%s%n",
                slope,
                ALLOWED,
                minutes < LONG ? " (not judged below " + LONG + " minutes)" : "");
        System.out.printf(Locale.ROOT, "log: %d bytes, allowed %d%n", log, mostLog);
        System.out.printf(Locale.ROOT, "ended %.1f s after SIGTERM, allowed %.0f%n", last, LAST);
        return alive
                && share >= SHARE
                && (minutes < LONG || slope < ALLOWED)
                && log <= mostLog
                && last >= 0
                && last <= LAST;
    }

    /** Of the line through the samples with the least squares. */
    private static double slope(List<double[]> samples) {
        double x = samples.stream().mapToDouble(s -> s[0]).average().orElse(0);
        double y = samples.stream().mapToDouble(s -> s[1]).average().orElse(0);
        double xy = samples.stream().mapToDouble(s -> (s[0] - x) * (s[1] - y)).sum();
        double xx = samples.stream().mapToDouble(s -> (s[0] - x) * (s[0] - x)).sum();
        return xy / xx;
    }
}
