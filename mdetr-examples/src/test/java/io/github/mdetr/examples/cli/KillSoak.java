package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.training.Trainer;
import io.github.mdetr.nn.training.log.JsonLinesLog;
import io.github.mdetr.nn.training.log.Metrics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Kills trainings at random moments (SIGKILL), looks through all files of the run after each, resumes, and compares what each
 * run comes to in the end with a run that nobody disturbed: the same bytes, and the same log but for times.
 */
public final class KillSoak {
    private static final int STEPS = 16;
    private static final String TEMPORARY = ".mdetr-";
    private static final int MOST_SHOWN = 20;
    private static final long LONGEST_SECONDS = 300;

    private final Path folder;
    private final int kills;
    private final Path whole;
    private final PrintStream out = System.out;
    private final AtomicInteger killed = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Map<String, Integer> phases = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private long usualMillis;

    private KillSoak(Path folder, int kills) {
        this.folder = folder;
        this.kills = kills;
        this.whole = folder.resolve("whole");
    }

    /**
     * Runs it.
     *
     * @param args kills, threads, seed
     */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("mdetr-kills");
        KillSoak soak = new KillSoak(folder, Integer.parseInt(args[0]));
        boolean good = soak.run(Integer.parseInt(args[1]), Long.parseLong(args[2]));
        if (good) {
            delete(folder);
        } else {
            soak.out.println("the runs are kept in " + folder);
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run(int threads, long seed) throws Exception {
        Path data = pictures();
        Path weights = weights();
        long start = System.nanoTime();
        Process straight = start(data, weights, whole, false);
        if (!straight.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || straight.exitValue() != 0) {
            out.println("the run that nobody disturbs fails: " + said(whole));
            return false;
        }
        usualMillis = (System.nanoTime() - start) / 1_000_000;
        out.println("a run of " + STEPS + " steps takes " + usualMillis + " ms");
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            SplittableRandom random = new SplittableRandom(seed * threads + i);
            Path runs = Files.createDirectory(folder.resolve("worker-" + i));
            all.add(pool.submit(() -> {
                for (int n = 0; killed.get() < kills; n++) {
                    disturb(data, weights, runs.resolve("run-" + n), random);
                }
                return null;
            }));
        }
        for (Future<?> f : all) {
            f.get();
        }
        pool.shutdown();
        return summary((System.nanoTime() - start) / 1e9);
    }

    /** The smallest reference model on half a ResNet-18, with random weights that can be trained. */
    private Path weights() throws IOException {
        MdetrConfig config = ParityCase.read(TinyModel.GOLDEN, "tiny").config().toBuilder()
                .backbone(BackboneType.RESNET18_HALF)
                .build();
        Path file = folder.resolve("tiny.safetensors");
        try (MdetrModel model = MdetrModel.fresh(config, 1, Mode.TRAINING)) {
            model.save(file, Map.of());
        }
        return file;
    }

    /** Three of noise, with an object each. */
    private Path pictures() throws IOException {
        List<String> images = new ArrayList<>();
        List<String> boxes = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 1; i <= 3; i++) {
            BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 64 * 48; p++) {
                image.setRGB(p % 64, p / 64, random.nextInt());
            }
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            images.add("{\"id\":" + i + ",\"file_name\":\"" + i
                    + ".png\",\"width\":64,\"height\":48,\"caption\":\"a cat\"}");
            boxes.add("{\"id\":" + i + ",\"image_id\":" + i + ",\"bbox\":[" + 4 * i
                    + ",5,20,30],\"iscrowd\":0,\"tokens_positive\":[[2,5]]}");
        }
        return Files.writeString(
                folder.resolve("data.json"),
                "{\"images\":[" + String.join(",", images) + "],\"annotations\":[" + String.join(",", boxes) + "]}");
    }

    private Process start(Path data, Path weights, Path run, boolean resume) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--run",
                run.toString()));
        if (resume) {
            command.add("--resume");
        } else {
            for (Object word : List.of(
                    "--data",
                    data,
                    "--images",
                    folder,
                    "--val",
                    data,
                    "--weights",
                    weights,
                    "--vocabulary",
                    TinyModel.VOCABULARY,
                    "--batch",
                    1,
                    "--augment",
                    "none",
                    "--average",
                    0.9,
                    "--freeze",
                    "backbone", // most of the parameters; files are small without their moments
                    "--steps",
                    STEPS,
                    "--log-every",
                    1,
                    "--checkpoint-every",
                    1,
                    "--evaluate-every",
                    4)) {
                command.add(word.toString());
            }
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1"); // what the bits depend on
        return builder.redirectOutput(output(run).toFile()).start();
    }

    private static Path output(Path run) {
        return run.resolveSibling(run.getFileName() + ".out");
    }

    private static String said(Path run) throws IOException {
        return ErrorReport.oneLine(Files.readString(output(run), StandardCharsets.UTF_8));
    }

    /** A run that is killed and resumed until it is done. */
    private void disturb(Path data, Path weights, Path run, SplittableRandom random) throws Exception {
        boolean resume = false;
        while (true) {
            boolean had = Files.exists(run.resolve(Trainer.STATE));
            List<String> before = names(run, TEMPORARY);
            Process process = start(data, weights, run, resume);
            if (killed.get() < kills) {
                wait(process, run, before, random);
                process.destroyForcibly();
            }
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                fail("hangs", run + ": " + said(run));
                return;
            }
            int code = process.exitValue();
            if (code == 0) {
                compare(run);
                delete(run);
                ended.incrementAndGet();
                return;
            }
            if (code != 128 + 9) {
                fail("ends with " + code, run + ": " + said(run));
                return;
            }
            int so = killed.incrementAndGet();
            List<String> writing = new ArrayList<>(names(run, TEMPORARY));
            writing.removeAll(before);
            count(phases, phase(run, !writing.isEmpty(), had));
            check(run, had);
            if (so % 50 == 0) {
                out.println(so + " kills, " + ended + " runs, failures: " + failures);
            }
            // Before the configuration is there only the same command can begin again; then either may, and one does.
            resume = Files.exists(run.resolve(Trainer.STATE))
                    || (Files.exists(run.resolve(RunFolder.CONFIG)) && random.nextBoolean());
        }
    }

    /** To a random moment; one time in three to one in which a file is being written, one in six to one just after the first. */
    private void wait(Process process, Path run, List<String> before, SplittableRandom random) throws Exception {
        long most = usualMillis * 3 / 4; // so that a run is killed several times
        int kind = random.nextInt(6);
        if (kind >= 3) {
            process.waitFor(random.nextLong(most), TimeUnit.MILLISECONDS);
            return;
        }
        if (kind > 0) {
            process.waitFor(random.nextLong(most), TimeUnit.MILLISECONDS);
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(most);
        while (process.isAlive() && System.nanoTime() < end) {
            if (kind == 0 ? Files.exists(run) : !before.containsAll(names(run, TEMPORARY))) {
                Thread.sleep(0, random.nextInt(kind == 0 ? 999_999 : 300_000));
                return;
            }
            Thread.onSpinWait();
        }
    }

    private static List<String> names(Path run, String beginning) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.startsWith(beginning))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static String phase(Path run, boolean writing, boolean had) throws IOException {
        if (!Files.exists(run)) {
            return "before the folder";
        }
        if (writing) {
            return "while a checkpoint was written";
        }
        if (!Files.exists(run.resolve(Trainer.STATE))) {
            return "before the first checkpoint";
        }
        String said = Files.readString(output(run), StandardCharsets.UTF_8);
        if (said.lines().anyMatch(line -> line.startsWith("step "))) {
            return "while it trained";
        }
        return had ? "while it resumed" : "while it began";
    }

    /** All that is under its name is whole. */
    private void check(Path run, boolean had) throws IOException {
        if (had && !Files.exists(run.resolve(Trainer.STATE))) {
            fail("lost checkpoint", run.toString());
        }
        for (String name : names(run, "")) {
            if (name.endsWith(".safetensors")) {
                try (Checkpoint checkpoint = Checkpoint.open(run.resolve(name))) {
                    if (!checkpoint.verify()) {
                        fail("no checksums", run.resolve(name).toString());
                    }
                } catch (IOException e) {
                    fail("damaged file", String.valueOf(e.getMessage()));
                }
            }
        }
        if (Files.exists(run.resolve(RunFolder.LOG))) {
            try {
                JsonLinesLog.read(run.resolve(RunFolder.LOG));
            } catch (IOException e) {
                fail("damaged file", String.valueOf(e.getMessage()));
            }
        }
    }

    private void compare(Path run) throws IOException {
        check(run, true);
        for (String name : List.of(Trainer.STATE, Trainer.LAST, Trainer.BEST, RunFolder.CONFIG)) {
            if (Files.mismatch(whole.resolve(name), run.resolve(name)) >= 0) {
                fail("differing end", run.resolve(name).toString());
            }
        }
        if (!log(whole).equals(log(run))) {
            fail("differing end", run.resolve(RunFolder.LOG).toString());
        }
    }

    /** Without what depends on the clock. */
    private static Map<Long, Map<String, Double>> log(Path run) throws IOException {
        Map<Long, Map<String, Double>> lines = new TreeMap<>();
        for (Metrics m : JsonLinesLog.read(run.resolve(RunFolder.LOG))) {
            Map<String, Double> values = new LinkedHashMap<>(m.values());
            values.keySet().removeAll(List.of("train/seconds", "train/waited", "train/images_per_second"));
            lines.computeIfAbsent(m.step(), s -> new LinkedHashMap<>()).putAll(values);
        }
        return lines;
    }

    private void fail(String what, String detail) {
        count(failures, what);
        synchronized (failures) {
            if (failures.values().stream().mapToInt(i -> i).sum() <= MOST_SHOWN) {
                out.println("FAILED: " + what + ": " + detail);
            }
        }
    }

    private static void count(Map<String, Integer> counts, String what) {
        synchronized (counts) {
            counts.merge(what, 1, Integer::sum);
        }
    }

    private boolean summary(double seconds) {
        out.printf("%d kills in %d runs that came to their end, %.0f s%n", killed.get(), ended.get(), seconds);
        phases.forEach((phase, n) -> out.printf("  %5d %s%n", n, phase));
        out.printf("damaged files: %d%n", failures.getOrDefault("damaged file", 0));
        out.printf("differing ends: %d%n", failures.getOrDefault("differing end", 0));
        failures.forEach((what, n) -> out.printf("FAILED %5d %s%n", n, what));
        return failures.isEmpty() && ended.get() > 0;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
