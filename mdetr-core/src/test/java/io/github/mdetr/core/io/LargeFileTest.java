package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and single tensors beyond 2 and 4 GiB, as sparse files that take a few blocks of disk. */
class LargeFileTest {
    private static final long ELEMENTS = 1_500_000_000L; // of 4 bytes: beyond 2^32 bytes
    private static final long[] PROBES = {0, 1, 268_435_455L, 268_435_456L, 536_870_912L, 1_073_741_824L, ELEMENTS - 1};

    @TempDir
    Path folder;

    @BeforeEach
    void sparseFilesOnly() {
        Assumptions.assumeFalse(
                System.getProperty("os.name").startsWith("Windows"), "setLength makes no sparse files on Windows");
    }

    /** Puts i + 1 at the i-th probe. */
    private static void plant(Path file, long dataStart) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < PROBES.length; i++) {
                ByteBuffer value =
                        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, i + 1);
                channel.write(value, dataStart + PROBES[i] * 4);
            }
        }
    }

    private static void checkProbes(TensorSource source, String name) throws Exception {
        for (int i = 0; i < PROBES.length; i++) {
            FloatBuffer one = FloatBuffer.allocate(1);
            source.readFloats(name, PROBES[i], one);
            assertEquals(i + 1, one.get(0), "probe " + PROBES[i]);
        }
        try (MappedTensor mapped = source.map(name)) {
            for (int i = 0; i < PROBES.length; i++) {
                assertEquals(i + 1, mapped.buffer(PROBES[i] * 4, 4).getFloat(0), "probe " + PROBES[i]);
            }
            // The longest view, from just before one segment's end over the next: byte 2^31 is element 2^29.
            int longest = 1 << 30;
            assertEquals(5, mapped.buffer(longest + 8, longest).getFloat(longest - 8));
        }
    }

    @Test
    void safetensors() throws Exception {
        Path file = folder.resolve("large.safetensors");
        byte[] head = SafeTensorsLayout.of(
                        List.of(
                                new TensorInfo("large", StoredType.F32, new long[] {3, ELEMENTS / 3}),
                                new TensorInfo("after", StoredType.U8, new long[] {2})),
                        Map.of())
                .head();
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(head);
            out.setLength(head.length + ELEMENTS * 4 + 2);
            out.seek(head.length + ELEMENTS * 4);
            out.write(new byte[] {8, 9});
        }
        plant(file, head.length);
        try (TensorSource source = SafeTensors.open(CheckpointFile.open(file), false)) { // its header has no checksums
            checkProbes(source, "large");
            assertArrayEquals(new long[] {8, 9}, TestFiles.longs(source, "after"));
        }
    }

    @Test
    void zip64AndStridedViewsAcrossTheWholeStorage() throws Exception {
        PickleBytes pickle = new PickleBytes().protocol().op('}').text("model").op('}');
        pickle.text("large")
                .tensor("0", ELEMENTS, 0, new long[] {ELEMENTS}, new long[] {1})
                .op('s');
        long third = ELEMENTS / 3;
        pickle.text("column")
                .tensor("0", ELEMENTS, 0, new long[] {2, 3}, new long[] {1, third})
                .op('s');
        pickle.text("late").tensor("1", 1, 0, new long[] {1}, new long[] {1}).op("ss.");
        ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
        ZipBytes.Entry large = zip.add("archive/data/0", new byte[0]);
        large.dataLength = ELEMENTS * 4;
        zip.add("archive/data/1", new byte[] {0, 0, (byte) 0x80, 0x3f});
        zip.entries.forEach(entry -> entry.zip64 = true);
        zip.zip64 = true;
        Path file = zip.write(folder.resolve("large.pth"));
        long dataStart = large.writtenAt + 30 + large.name.length + 20;
        plant(file, dataStart);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int row = 0; row < 3; row++) {
                ByteBuffer value =
                        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 10 * row + 10);
                channel.write(value, dataStart + (row * third + (row == 0 ? 1 : 0)) * 4);
            }
        }
        assertTrue(Files.size(file) > 1L << 32);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            TensorSource source = checkpoint.model();
            assertArrayEquals(new float[] {1}, TestFiles.floats(source, "late"));
            assertArrayEquals(new float[] {1, 20, 30, 10, 0, 0}, TestFiles.floats(source, "column"));
            FloatBuffer one = FloatBuffer.allocate(1);
            source.readFloats("large", ELEMENTS - 1, one);
            assertEquals(PROBES.length, one.get(0));
        }
    }
}
