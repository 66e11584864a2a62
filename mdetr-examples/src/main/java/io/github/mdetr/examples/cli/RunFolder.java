package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.training.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of one run, which one process at a time trains in. */
final class RunFolder implements AutoCloseable {
    /** The options that the run was started with. */
    static final String CONFIG = "config.json";

    /** What it learned when. */
    static final String LOG = "log.jsonl";

    /** Pictures of the log. */
    static final String PLOTS = "plots";

    /** The vocabulary, as the model needs it. */
    static final String VOCABULARY = "vocabulary";

    private static final String LOCK = ".lock";

    /** What a run makes before its first checkpoint. */
    private static final Pattern BEGINNING = Pattern.compile(
            "\\.lock|config\\.json(\\.new)?|run\\.json(\\.new)?|vocabulary|log\\.jsonl|events\\.out\\.tfevents\\..*|plots"
                    + "|last\\.safetensors|" + SkippedFile.NAME.replace(".", "\\.") + "|\\.mdetr-.*\\.tmp");

    private final Path folder;
    private final FileChannel lock;
    private final Found found;

    /** What is there. */
    enum Found {
        /** Nothing. */
        NOTHING,
        /** A run that ended before its first checkpoint: there is nothing in it to lose. */
        BEGINNING,
        /** A run with a checkpoint. */
        RUN,
        /** Something else. */
        OTHER
    }

    private RunFolder(Path folder, FileChannel lock, Found found) {
        this.folder = folder;
        this.lock = lock;
        this.found = found;
    }

    /**
     * Checks that a run can begin there, or go on.
     *
     * @return what there is
     * @throws IllegalArgumentException when it cannot
     */
    static Found check(Path folder, boolean resume) throws IOException {
        Found found = look(folder);
        if (resume) {
            if (found == Found.NOTHING || found == Found.OTHER) {
                throw new IllegalArgumentException(folder + ": holds no " + Trainer.STATE
                        + " to resume from; start without --resume, in a new folder");
            }
        } else if (found == Found.RUN) {
            throw new IllegalArgumentException(folder
                    + ": is there already, and no run replaces another; give another folder, or --resume to go on");
        } else if (found == Found.OTHER) {
            throw new IllegalArgumentException(folder
                    + (Files.isDirectory(folder)
                            ? ": is not empty, and holds no run to go on with; give another folder"
                            : ": is a file; give the name of a folder"));
        }
        return found;
    }

    private static Found look(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return Found.NOTHING;
        }
        if (!Files.isDirectory(folder)) {
            return Found.OTHER;
        }
        if (Files.exists(folder.resolve(Trainer.STATE)) || Files.exists(folder.resolve(Trainer.PREVIOUS))) {
            return Found.RUN;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> f.getFileName().toString()).toList();
            if (names.stream().allMatch(LOCK::equals)) {
                return Found.NOTHING;
            }
            // No step is logged before the first checkpoint: where there are lines, one was taken away.
            Path log = folder.resolve(LOG);
            // And the log is begun before weights are saved: those without one are a result that somebody kept.
            boolean begins = names.contains(LOCK)
                    && (names.contains(LOG) || !names.contains(Trainer.LAST))
                    && names.stream().allMatch(n -> BEGINNING.matcher(n).matches())
                    && (!Files.exists(log) || Files.size(log) == 0);
            return begins ? Found.BEGINNING : Found.OTHER;
        }
    }

    /**
     * Makes it, and keeps other processes out until closed.
     *
     * @throws IllegalArgumentException when another process is in it, or has been since {@link #check}
     */
    static RunFolder open(Path folder, boolean resume) throws IOException {
        Files.createDirectories(folder);
        FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean mine = false;
        try {
            mine = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            mine = false;
        } finally {
            if (!mine) {
                lock.close();
            }
        }
        if (!mine) {
            throw new IllegalArgumentException(folder + ": another process trains in it; wait for it, or end it");
        }
        try {
            return new RunFolder(folder, lock, check(folder, resume));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** What was there when it was opened. */
    Found found() {
        return found;
    }

    /** Takes away what a run left that ended before its first checkpoint, but for its configuration. */
    void clear() throws IOException {
        if (found == Found.BEGINNING) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    boolean stays = file.equals(folder)
                            || file.equals(folder.resolve(LOCK))
                            || file.equals(folder.resolve(CONFIG));
                    if (!stays) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /** Replaces a file as a whole, on the disk when it returns. */
    static void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e instanceof FileSystemException ? e : new IOException(file + ": " + e.getMessage(), e);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The SHA-256 of a file. */
    static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = sha256();
            byte[] part = new byte[1 << 16];
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                digest.update(part, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /** The SHA-256 of examples: pixels, captions, boxes and spans. */
    static String hash(List<TrainingExample> examples) {
        MessageDigest digest = sha256();
        for (TrainingExample e : examples) {
            digest.update(e.image().rgb());
            digest.update(e.captions().toString().getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
