package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.nn.GoldenCases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are ended while they train, and disks that are full. */
class InterruptedRunTest {
    private static final long FOREVER = 1_000_000;

    @TempDir
    Path folder;

    private static Process child(Path folder, long steps, int checkpointEvery, long pause) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TinyTraining.class.getName(),
                folder.toString(),
                Long.toString(steps),
                Integer.toString(checkpointEvery),
                Long.toString(pause));
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static BufferedReader lines(Process p) {
        return p.inputReader(StandardCharsets.UTF_8);
    }

    /** The steps of the folder's checkpoint, which must load. */
    private static long steps(Path folder) throws IOException {
        long[] steps = new long[1];
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.frozen()) {
                steps[0] = tiny.trainer(
                                folder, TrainerOptions.of(FOREVER), TinyTraining::examples, new TrainingObserver() {})
                        .resume();
            }
        });
        return steps[0];
    }

    private static void straight(Path folder, long steps) throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.frozen()) {
                tiny.trainer(folder, TrainerOptions.of(steps), TinyTraining::examples, new TrainingObserver() {})
                        .run();
            }
        });
    }

    /** At 50 random moments; each process saves after every step. */
    @Test
    void aKilledProcessLeavesACheckpointToGoOnFrom() throws IOException, InterruptedException {
        int kills = Integer.getInteger("mdetr.kills", 50);
        SplittableRandom random = new SplittableRandom(3);
        long before = 0;
        int temporaries = 0;
        for (int i = 0; i < kills; i++) {
            Process p = child(folder, FOREVER, 1, 0);
            try (BufferedReader out = lines(p)) {
                String line = out.readLine(); // from here on it trains and saves
                assertTrue(line != null, "the process ended by itself");
                Thread.sleep(random.nextInt(400));
                p.destroyForcibly().waitFor();
            }
            temporaries += leftovers(folder).size();
            long now = steps(folder);
            try (Checkpoint weights = Checkpoint.open(folder.resolve(Trainer.LAST))) {
                assertFalse(weights.model().names().isEmpty());
            }
            assertTrue(now >= before, now + " steps after " + before);
            before = now;
        }
        System.out.println(kills + " kills, " + before + " steps, " + temporaries + " while a file was written");
        Path straight = Files.createDirectory(folder.resolve("straight"));
        straight(straight, before);
        assertTrue(before > 0);
        assertEquals(List.of(), leftovers(folder));
        assertEquals(-1, Files.mismatch(folder.resolve(Trainer.STATE), straight.resolve(Trainer.STATE)));
    }

    @Test
    void aProcessAskedToEndFinishesItsStepAndSaves() throws IOException, InterruptedException {
        assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "signals");
        Process p = child(folder, FOREVER, 1_000_000, 20);
        long last = -1;
        try (BufferedReader out = lines(p)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                last = Long.parseLong(line.substring("step ".length()));
                if (last == 2) {
                    p.toHandle().destroy(); // SIGTERM; the process itself would close its output too
                }
            }
            assertTrue(p.waitFor(60, TimeUnit.SECONDS), "it ends");
        }
        assertEquals(143, p.exitValue());
        assertEquals(last + 1, steps(folder));
    }

    @Test
    void aProcessThatIsDoneEnds() throws IOException, InterruptedException {
        Process p = child(folder, 1, 1, 0);
        assertTrue(p.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(0, p.exitValue());
    }

    /** On a file system of its own, where this user may make one. */
    @Test
    void aFullDiskIsOneErrorAndTheCheckpointStays() throws IOException, InterruptedException {
        try (SmallDisk small = SmallDisk.mount(folder, "64m")) {
            Path disk = small.folder();
            straight(disk, 1);
            Files.deleteIfExists(disk.resolve(Trainer.PREVIOUS)); // which would make room
            byte[] state = fillAllBut(disk, 0.5);
            byte[] last = Files.readAllBytes(disk.resolve(Trainer.LAST));
            GoldenCases.on("reference", () -> {
                try (TinyTraining tiny = TinyTraining.frozen()) {
                    // The last step saves at an evaluation first, then all.
                    FileSystemException e = assertThrows(FileSystemException.class, resumed(tiny, disk)::run);
                    assertTrue(e.getMessage().contains("free space or choose another disk"), e.getMessage());
                    assertEquals(1, e.getMessage().lines().count());
                }
            });
            assertArrayEquals(state, Files.readAllBytes(disk.resolve(Trainer.STATE)));
            assertArrayEquals(last, Files.readAllBytes(disk.resolve(Trainer.LAST)));
            assertEquals(1, steps(disk));
            assertEquals(List.of(), leftovers(disk));
        }
    }

    /** There is nothing to lose yet, and nothing to clear away. */
    @Test
    void aDiskThatIsFullFromTheStartLeavesAFolderToBeginIn() throws IOException, InterruptedException {
        try (SmallDisk small = SmallDisk.mount(folder, "64m")) {
            Path disk = small.folder();
            Path filler = disk.resolve("filler");
            Files.write(filler, new byte[(int) disk.toFile().getUsableSpace()]);
            UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> straight(disk, 1));
            assertTrue(e.getMessage().contains("free space or choose another disk"), e.getMessage());
            try (var files = Files.list(disk)) {
                assertEquals(List.of(filler), files.toList());
            }
            Files.delete(filler);
            straight(disk, 1);
            assertEquals(1, steps(disk));
        }
    }

    @Test
    void whereADiskIsFullTheCheckpointBeforeMakesRoom() throws IOException, InterruptedException {
        try (SmallDisk small = SmallDisk.mount(folder, "64m")) {
            Path disk = small.folder();
            straight(disk, 1);
            assertTrue(Files.exists(disk.resolve(Trainer.PREVIOUS)));
            fillAllBut(disk, 0.5);
            GoldenCases.on("reference", () -> {
                try (TinyTraining tiny = TinyTraining.frozen()) {
                    resumed(tiny, disk).run();
                }
            });
            assertEquals(3, steps(disk));
            assertEquals(List.of(), leftovers(disk));
        }
    }

    /** Leaves room for a part of a run's state, which is given. */
    private static byte[] fillAllBut(Path disk, double part) throws IOException {
        byte[] state = Files.readAllBytes(disk.resolve(Trainer.STATE));
        int free = (int) disk.toFile().getUsableSpace();
        Files.write(disk.resolve("filler"), new byte[free - (int) (part * state.length)]);
        return state;
    }

    private static Trainer resumed(TinyTraining tiny, Path run) throws IOException {
        Trainer trainer = tiny.trainer(run, TrainerOptions.of(3), TinyTraining::examples, new TrainingObserver() {});
        trainer.resume();
        return trainer;
    }

    private static List<Path> leftovers(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".tmp")).toList();
        }
    }
}
