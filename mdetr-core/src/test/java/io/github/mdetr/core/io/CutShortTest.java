package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that another program cuts short while it is read: one error that names it, and the virtual machine lives. */
class CutShortTest {
    private static final int ROWS = 600;
    private static final int COLUMNS = 700;

    @TempDir
    Path folder;

    /** A transposed matrix in a file of torch.save. */
    private Path strided() throws Exception {
        PickleBytes pickle = new PickleBytes()
                .protocol()
                .op('}')
                .text("w")
                .tensor("0", ROWS * COLUMNS, 0, new long[] {COLUMNS, ROWS}, new long[] {1, COLUMNS})
                .op("s.");
        ByteBuffer values = ByteBuffer.allocate(4 * ROWS * COLUMNS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            values.putFloat(i);
        }
        ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
        zip.add("archive/data/0", values.array());
        return zip.write(folder.resolve("strided.pth"));
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void assertNamesTheFile(Path file, String message) {
        assertTrue(message.startsWith(file + ": ") && message.contains("cut short or was changed while open"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void stridedElementsAreReadAcrossPages() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(strided())) {
            float[] expected = new float[ROWS * COLUMNS];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (i % ROWS) * COLUMNS + i / ROWS;
            }
            assertArrayEquals(expected, TestFiles.floats(checkpoint.model(), "w"));
            float[] part = new float[1000];
            checkpoint.model().readFloats("w", 4321, FloatBuffer.wrap(part));
            assertEquals(expected[4321], part[0]);
            assertEquals(expected[5320], part[999]);
        }
    }

    @Test
    void aStridedTensor() throws Exception {
        Path file = strided();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            TensorSource model = checkpoint.model();
            model.readFloats("w", 0, FloatBuffer.allocate(10));
            cut(file, 4096);
            FloatBuffer all = FloatBuffer.allocate(ROWS * COLUMNS);
            CheckpointFormatException e =
                    assertThrows(CheckpointFormatException.class, () -> model.readFloats("w", 0, all));
            assertNamesTheFile(file, e.getMessage());
            cut(file, 0);
            all.clear();
            assertThrows(CheckpointFormatException.class, () -> model.readFloats("w", 0, all));
        }
    }

    private Path plain() throws IOException {
        Path file = folder.resolve("plain.safetensors");
        TensorInfo info = new TensorInfo("w", StoredType.F32, new long[] {100_000});
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, List.of(info), Map.of())) {
            writer.writeFloats("w", FloatBuffer.allocate(100_000));
            writer.commit();
        }
        return file;
    }

    @Test
    void aPlainTensor() throws Exception {
        Path file = plain();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            cut(file, 8192);
            CheckpointFormatException e = assertThrows(
                    CheckpointFormatException.class,
                    () -> checkpoint.model().readFloats("w", 0, FloatBuffer.allocate(100_000)));
            assertNamesTheFile(file, e.getMessage());
        }
    }

    @Test
    void aMappedTensorGivesNoBufferOfWhatIsGone() throws Exception {
        Path file = plain();
        try (Checkpoint checkpoint = Checkpoint.open(file);
                MappedTensor mapped = checkpoint.model().map("w")) {
            cut(file, 8192);
            assertEquals(100, mapped.buffer(0, 100).remaining());
            UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> mapped.buffer(100_000, 100));
            assertNamesTheFile(file, String.valueOf(e.getCause().getMessage()));
            CheckpointFormatException again = assertThrows(
                    CheckpointFormatException.class, () -> checkpoint.model().map("w"));
            assertNamesTheFile(file, again.getMessage());
        }
    }

    /** A buffer that was given out before is all that is left to the virtual machine: it must throw, and live. */
    @Test
    void aBufferOfWhatIsGoneDoesNotEndTheProcess() throws Exception {
        Path file = plain();
        try (Checkpoint checkpoint = Checkpoint.open(file);
                MappedTensor mapped = checkpoint.model().map("w")) {
            ByteBuffer buffer = mapped.buffer(0, 400_000);
            cut(file, 0);
            assertThrows(InternalError.class, () -> sum(buffer));
        }
    }

    private static long sum(ByteBuffer buffer) {
        long sum = 0;
        while (buffer.hasRemaining()) {
            sum += buffer.get();
        }
        return sum;
    }
}
