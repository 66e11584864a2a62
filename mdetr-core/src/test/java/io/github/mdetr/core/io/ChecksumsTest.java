package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is no longer what was written is an error with the tensor's name, unless it is to be read all the same. */
class ChecksumsTest {
    private static final int LENGTH = 3000;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("weights.safetensors");
        List<TensorInfo> tensors = List.of(
                new TensorInfo("first", StoredType.F32, new long[] {3}),
                new TensorInfo("bytes", StoredType.U8, new long[] {5}),
                new TensorInfo("none", StoredType.F32, new long[] {0, 2}),
                new TensorInfo("long", StoredType.F32, new long[] {LENGTH / 3, 3}));
        Map<String, String> metadata = new ModelMetadata(Map.of("nheads", 8L)).toMetadata();
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, tensors, metadata)) {
            FloatBuffer values = values();
            writer.writeFloats("long", values.slice(0, 7));
            writer.write("bytes", ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
            writer.writeFloats("first", FloatBuffer.wrap(new float[] {1, -2, 3}));
            writer.writeFloats("long", values.slice(7, LENGTH - 7));
            writer.commit();
        }
    }

    private static FloatBuffer values() {
        FloatBuffer values = FloatBuffer.allocate(LENGTH);
        IntStream.range(0, LENGTH).forEach(i -> values.put(i, i * 0.5f));
        return values;
    }

    private void damage(long at, int with) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= (byte) with;
        Files.write(file, bytes);
    }

    /** Bytes of length and header. */
    private int head() throws IOException {
        return 8
                + (int) ByteBuffer.wrap(Files.readAllBytes(file))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
    }

    private boolean verify() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint.verify();
        }
    }

    @Test
    void aWholeFileIsWhatWasWritten() throws IOException {
        assertTrue(verify());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertEquals(8L, checkpoint.args().get("nheads"));
            assertFalse(checkpoint.model().metadata().containsKey(Checksums.TENSORS), "they are the file's alone");
        }
    }

    /** By the CRC-32C of java.util.zip over the bytes in the file, and by the key's documented form. */
    @Test
    void theDigitsAreThoseOfTheTensorsBytes() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String header = new String(bytes, 8, head() - 8, StandardCharsets.UTF_8);
        String digits = header.split("\"mdetr.crc32c.tensors\":\"")[1].split("\"")[0];
        CRC32C sum = new CRC32C();
        sum.update(new byte[] {1, 2, 3, 4, 5});
        assertEquals(String.format("%08x", sum.getValue()), digits.substring(8, 16));
        assertEquals("00000000", digits.substring(16, 24), "of no bytes");
        assertEquals(4 * 8, digits.length());
    }

    @Test
    void everyFlippedByteIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            for (int bit : new int[] {1, 0x20, 0x80}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) bit;
                Files.write(file, damaged);
                assertThrows(CheckpointFormatException.class, this::verify, "byte " + at + ", bit " + bit);
            }
        }
    }

    @Test
    void aZeroedBlockIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, bytes.length - 4096, bytes.length - 64, (byte) 0);
        Files.write(file, bytes);
        assertThrows(CheckpointFormatException.class, this::verify);
    }

    @Test
    void theTensorIsNamedInOneLine() throws IOException {
        damage(head() + 12 + 4 * LENGTH - 3, 4); // of the wide ones "long" is last
        CheckpointFormatException e = assertThrows(CheckpointFormatException.class, this::verify);
        assertTrue(e.getMessage().startsWith(file + ": tensor 'long': expected the checksum "), e.getMessage());
        assertTrue(e.getMessage().contains("--no-verify"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** Without a pass of its own: the last part of the tensor is the error. */
    @Test
    void readingInPartsFindsItAtTheEnd() throws IOException {
        damage(head() + 12, 4);
        try (TensorSource source = SafeTensors.open(file)) {
            source.readFloats("long", 0, FloatBuffer.allocate(LENGTH - 1));
            assertThrows(
                    CheckpointFormatException.class,
                    () -> source.readFloats("long", LENGTH - 1, FloatBuffer.allocate(1)));
            source.readFloats("first", 0, FloatBuffer.allocate(3));
        }
    }

    @Test
    void aPartAloneIsReadAsItIs() throws IOException {
        damage(head() + 12, 4);
        try (TensorSource source = SafeTensors.open(file)) {
            source.readFloats("long", 5, FloatBuffer.allocate(LENGTH - 5));
        }
    }

    @Test
    void whoSkipsItReadsWhatIsThere() throws IOException {
        damage(head(), 1);
        damage(10, 0); // nothing
        try (Checkpoint checkpoint = Checkpoint.open(file, false)) {
            assertFalse(checkpoint.verify());
            float[] got = new float[3];
            checkpoint.model().readFloats("first", 0, FloatBuffer.wrap(got));
            assertArrayEquals(new float[] {-2, 3}, Arrays.copyOfRange(got, 1, 3));
        }
    }

    @Test
    void aFileOfAnotherProgramHasNoneAndLoads() throws IOException {
        Path other = TestFiles.resource("fixtures/types.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(other)) {
            assertFalse(checkpoint.verify());
        }
    }

    @Test
    void severalThreadsReadATensorWithoutAFalseAlarm() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (TensorSource source = SafeTensors.open(file)) {
            Callable<Void> reading = () -> {
                for (int round = 0; round < 20; round++) {
                    for (int at = 0; at < LENGTH; at += 100) {
                        source.readFloats("long", at, FloatBuffer.allocate(100));
                    }
                }
                return null;
            };
            for (Future<Void> f : pool.invokeAll(List.of(reading, reading, reading, reading))) {
                f.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Its own are made anew: a copied checksum would be that of other bytes. */
    @Test
    void aCopyHasItsOwn() throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        CheckpointConverter.convert(file, copy, Checkpoint.MODEL);
        file = copy;
        assertTrue(verify());
    }

    @Test
    void aDamagedFileIsNotConverted() throws IOException {
        damage(head(), 1);
        Path copy = folder.resolve("copy.safetensors");
        assertThrows(CheckpointFormatException.class, () -> CheckpointConverter.convert(file, copy, Checkpoint.MODEL));
        assertFalse(Files.exists(copy));
    }
}
