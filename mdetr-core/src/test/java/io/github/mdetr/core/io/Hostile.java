package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.testing.Bounded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** What must hold for any bytes: success or one clear error, in bounded time and memory of a small multiple of the file. */
final class Hostile {
    private static final long FREE_BYTES = 12 << 20;
    private static final int MULTIPLE = 100;

    private Hostile() {}

    /** Opens the file and reads all that it offers. */
    static void readAll(Path file) throws IOException {
        byte[] chunk = new byte[1 << 16];
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.args();
            for (String section : checkpoint.sections()) {
                TensorSource source = checkpoint.section(section);
                for (TensorInfo info : source.tensors().values()) {
                    int step = chunk.length / info.type().bytes();
                    for (long done = 0; done < info.elements(); done += step) {
                        int count = (int) Math.min(step, info.elements() - done);
                        source.readBytes(
                                info.name(),
                                done,
                                ByteBuffer.wrap(chunk, 0, count * info.type().bytes()));
                    }
                }
            }
        }
    }

    /** Expects a one-line error that names the file and contains the fragments. */
    static void assertRejected(Path file, String... fragments) throws Exception {
        CheckpointFormatException error =
                bounded(file, () -> assertThrows(CheckpointFormatException.class, () -> readAll(file)));
        String message = error.getMessage();
        assertFalse(message.contains("\n") || message.contains("\r"), message);
        assertTrue(message.length() < 700, message);
        assertTrue(message.startsWith(file + ": "), message);
        for (String fragment : fragments) {
            assertTrue(message.contains(fragment), () -> "expected " + fragment + " in: " + message);
        }
    }

    /** 0 where the file is read, 1 where it is refused by a typed error of one line; anything else fails. */
    static int rejections(Path file, String what) throws Exception {
        return bounded(file, () -> {
            try {
                readAll(file);
                return 0;
            } catch (CheckpointFormatException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
                return 1;
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(what + ": expected success or a CheckpointFormatException", e);
            }
        });
    }

    /** Runs it and checks time and allocation. */
    static <T> T bounded(Path file, Callable<T> action) throws Exception {
        long size = Files.isRegularFile(file) ? Files.size(file) : 0;
        return Bounded.call(FREE_BYTES + MULTIPLE * size, action);
    }
}
