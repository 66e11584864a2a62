package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written files are read back, replace others as a whole or not at all, and a full disk is a clear error. */
class SafeTensorsWriterTest {
    @TempDir
    Path folder;

    private static TensorInfo info(String name, StoredType type, long... shape) {
        return new TensorInfo(name, type, shape);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void everyTensorOfTheFixtureSurvivesARewriteInParts() throws Exception {
        Path target = folder.resolve("out.safetensors");
        try (TensorSource source = SafeTensors.open(TestFiles.resource("fixtures/types.safetensors"))) {
            List<TensorInfo> tensors = new ArrayList<>(source.tensors().values());
            try (SafeTensorsWriter writer = SafeTensorsWriter.create(target, tensors, source.metadata())) {
                for (TensorInfo info : tensors) {
                    byte[] bytes = TestFiles.bytes(source, info.name());
                    int half = bytes.length / 2;
                    writer.write(info.name(), ByteBuffer.wrap(bytes, 0, half));
                    writer.write(
                            info.name(),
                            ByteBuffer.allocateDirect(bytes.length - half)
                                    .put(bytes, half, bytes.length - half)
                                    .flip());
                }
                assertFalse(Files.exists(target));
                writer.commit();
            }
            assertEquals(List.of(target), files());
            try (TensorSource written = SafeTensors.open(target)) {
                assertEquals(source.metadata(), written.metadata());
                assertEquals(tensors, new ArrayList<>(written.tensors().values()));
                for (TensorInfo info : tensors) {
                    assertArrayEquals(
                            TestFiles.bytes(source, info.name()), TestFiles.bytes(written, info.name()), info.name());
                }
            }
        }
    }

    @Test
    void valuesAreConvertedToTheDeclaredType() throws Exception {
        Path target = folder.resolve("out.safetensors");
        float[] values = {1.0f, -2.5f, 0.1f, 70000f};
        List<TensorInfo> tensors = List.of(
                info("flag", StoredType.BOOL, 3),
                info("f64", StoredType.F64, 4),
                info("f32", StoredType.F32, 2, 2),
                info("f16", StoredType.F16, 4),
                info("bf16", StoredType.BF16, 4),
                info("i32", StoredType.I32, 2),
                info("i64", StoredType.I64, 1),
                info("none", StoredType.F32, 0, 7));
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(target, tensors, Map.of())) {
            for (String name : List.of("f16", "f64", "bf16", "f32")) { // in any order
                writer.writeFloats(name, FloatBuffer.wrap(values, 0, 1));
                writer.writeFloats(name, FloatBuffer.wrap(values, 1, 3));
            }
            writer.writeLongs("i64", LongBuffer.wrap(new long[] {-5}));
            writer.writeInts("i32", IntBuffer.wrap(new int[] {7, -8}));
            writer.write("flag", ByteBuffer.wrap(new byte[] {1, 0, 1}));
            writer.commit();
        }
        try (TensorSource written = SafeTensors.open(target)) {
            assertArrayEquals(values, TestFiles.floats(written, "f32"));
            assertArrayEquals(values, TestFiles.floats(written, "f64"));
            assertArrayEquals(
                    new float[] {1, -2.5f, 0.099975586f, Float.POSITIVE_INFINITY}, TestFiles.floats(written, "f16"));
            assertArrayEquals(new float[] {1, -2.5f, 0.100097656f, 70144f}, TestFiles.floats(written, "bf16"));
            assertArrayEquals(new long[] {7, -8}, TestFiles.longs(written, "i32"));
            assertArrayEquals(new long[] {-5}, TestFiles.longs(written, "i64"));
            assertArrayEquals(new long[] {1, 0, 1}, TestFiles.longs(written, "flag"));
        }
    }

    @Test
    void dataAreAlignedWhateverTheOrderOfTypes() throws Exception {
        List<TensorInfo> tensors = List.of(
                info("a", StoredType.U8, 3),
                info("b", StoredType.F64, 1),
                info("c", StoredType.F16, 3),
                info("d", StoredType.F32, 1));
        SafeTensorsLayout layout = SafeTensorsLayout.of(tensors, Map.of("k", "v"));
        for (TensorInfo tensor : tensors) {
            assertEquals(0, layout.position(tensor.name()) % tensor.type().bytes(), tensor.name());
        }
        assertEquals(0, layout.head().length % 8);
    }

    @Test
    void withoutCommitTheOldFileStaysAndNothingElse() throws Exception {
        Path target = Files.writeString(folder.resolve("out.safetensors"), "old");
        try (SafeTensorsWriter writer =
                SafeTensorsWriter.create(target, List.of(info("a", StoredType.F32, 2)), Map.of())) {
            writer.writeFloats("a", FloatBuffer.wrap(new float[] {1}));
            assertEquals(2, files().size());
            String message =
                    assertThrows(IllegalStateException.class, writer::commit).getMessage();
            assertTrue(message.contains("'a'") && message.contains("expected 8 bytes before commit, got 4"), message);
        }
        assertEquals(List.of(target), files());
        assertEquals("old", Files.readString(target));
    }

    @Test
    void commitReplacesAndEnds() throws Exception {
        Path target = Files.writeString(folder.resolve("out.safetensors"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), target.getFileName());
        SafeTensorsWriter writer = SafeTensorsWriter.create(link, List.of(info("a", StoredType.F32)), Map.of());
        writer.writeFloats("a", FloatBuffer.wrap(new float[] {3}));
        writer.commit();
        writer.close();
        assertThrows(IllegalStateException.class, writer::commit);
        assertThrows(IllegalStateException.class, () -> writer.write("a", ByteBuffer.allocate(0)));
        assertEquals(List.of(link, target), files());
        assertTrue(Files.isSymbolicLink(link));
        try (TensorSource written = SafeTensors.open(target)) {
            assertArrayEquals(new float[] {3}, TestFiles.floats(written, "a"));
        }
    }

    @Test
    void partsThatDoNotFitSaySo() throws Exception {
        Path target = folder.resolve("out.safetensors");
        List<TensorInfo> tensors = List.of(info("a", StoredType.F32, 2), info("b", StoredType.I32, 1));
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(target, tensors, Map.of())) {
            assertMessage(
                    () -> writer.write("c", ByteBuffer.allocate(1)), "tensor 'c': expected one that was declared");
            assertMessage(() -> writer.write("a", ByteBuffer.allocate(9)), "at most 8 bytes more, got 9");
            assertMessage(() -> writer.writeFloats("a", FloatBuffer.allocate(3)), "at most 8 bytes more, got 12");
            assertMessage(
                    () -> writer.writeFloats("b", FloatBuffer.allocate(1)), "a float type to write floats to, got I32");
            assertMessage(() -> writer.writeLongs("b", LongBuffer.allocate(1)), "expected type I64, got I32");
            assertMessage(() -> writer.writeInts("a", IntBuffer.allocate(1)), "expected type I32, got F32");
        }
        assertMessage(
                () -> SafeTensorsWriter.create(target, List.of(tensors.get(0), tensors.get(0)), Map.of()),
                "distinct names, got 'a' twice");
        assertMessage(
                () -> SafeTensorsWriter.create(target, List.of(info("__metadata__", StoredType.U8)), Map.of()),
                "__metadata__, which is reserved");
        String name = "x".repeat(Json.MAX_NAME_LENGTH + 1);
        assertMessage(
                () -> SafeTensorsWriter.create(target, List.of(info(name, StoredType.U8, 0)), Map.of()),
                target + ": cannot write a checkpoint: expected tensor names of at most 1048576 characters");
        assertMessage(() -> info("x", StoredType.F32, -1), "sizes of at least 0");
        assertMessage(() -> info("x", StoredType.F32, Long.MAX_VALUE, 2), "less than 2^63 bytes");
        assertEquals(List.of(), files());
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void assertMessage(Write write, String fragment) {
        String message =
                assertThrows(IllegalArgumentException.class, write::run).getMessage();
        assertTrue(message.contains(fragment), message);
    }

    @Test
    void placesThatCannotBeWritten() throws Exception {
        List<TensorInfo> none = List.of();
        FileSystemException directory =
                assertThrows(FileSystemException.class, () -> SafeTensorsWriter.create(folder, none, Map.of()));
        assertTrue(directory.getMessage().contains("is a directory"), directory.getMessage());
        FileSystemException missing = assertThrows(
                FileSystemException.class, () -> SafeTensorsWriter.create(folder.resolve("no/out"), none, Map.of()));
        assertTrue(missing.getMessage().contains("its folder does not exist"), missing.getMessage());
    }

    /** Root may rename a file over a device; a socket stands for it here, that a failing test breaks nothing. */
    @Test
    void whatIsNoRegularFileStays() throws Exception {
        Path socket = folder.resolve("socket");
        Path link = Files.createSymbolicLink(folder.resolve("link"), socket.getFileName());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            for (Path target : List.of(socket, link)) {
                FileSystemException error = assertThrows(
                        FileSystemException.class, () -> SafeTensorsWriter.create(target, List.of(), Map.of()));
                assertTrue(error.getMessage().contains("is a device or a pipe"), error.getMessage());
                assertEquals(target.toString(), error.getFile());
            }
            assertTrue(Files.readAttributes(socket, BasicFileAttributes.class).isOther());
            assertEquals(List.of(link, socket), files());
        }
    }

    @Test
    void aNameMayBeAsLongAsTheSystemAllows() throws Exception {
        Path target = folder.resolve("x".repeat(255));
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(target, List.of(), Map.of())) {
            writer.commit();
        }
        assertEquals(List.of(target), files());
    }

    @Test
    void moreThanTheDiskHoldsIsRefusedBeforeWriting() throws Exception {
        List<TensorInfo> huge = List.of(info("huge", StoredType.F32, 1L << 58));
        FileSystemException error = assertThrows(
                FileSystemException.class, () -> SafeTensorsWriter.create(folder.resolve("out"), huge, Map.of()));
        assertTrue(error.getMessage().contains("bytes of free space"), error.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void diskFullWhileWritingLeavesTheOldFile() throws Exception {
        Path target = Files.writeString(folder.resolve("out.safetensors"), "old");
        Path temporary = folder.resolve("temporary");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        SafeTensorsLayout layout = SafeTensorsLayout.of(List.of(info("a", StoredType.U8, 5000)), Map.of());
        try (SafeTensorsWriter writer = new SafeTensorsWriter(target, temporary, new FullDisk(channel, 4096), layout)) {
            writer.write("a", ByteBuffer.allocate(1000));
            FileSystemException error =
                    assertThrows(FileSystemException.class, () -> writer.write("a", ByteBuffer.allocate(4000)));
            assertEquals(target.toString(), error.getFile());
            assertTrue(error.getMessage().contains("No space left on device"), error.getMessage());
            assertTrue(error.getMessage().contains("what was there before is unchanged"), error.getMessage());
        }
        assertEquals(List.of(target), files());
        assertEquals("old", Files.readString(target));
    }

    /** A channel on a disk that holds so many bytes. */
    private static final class FullDisk extends FileChannel {
        private final FileChannel channel;
        private final long room;

        FullDisk(FileChannel channel, long room) {
            this.channel = channel;
            this.room = room;
        }

        @Override
        public int write(ByteBuffer src, long position) throws IOException {
            if (position + src.remaining() > room) {
                throw new IOException("No space left on device");
            }
            return channel.write(src, position);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            channel.close();
        }

        @Override
        public void force(boolean metaData) throws IOException {
            channel.force(metaData);
        }

        @Override
        public int read(ByteBuffer dst) {
            throw new AssertionError();
        }

        @Override
        public long read(ByteBuffer[] dsts, int offset, int length) {
            throw new AssertionError();
        }

        @Override
        public int write(ByteBuffer src) {
            throw new AssertionError();
        }

        @Override
        public long write(ByteBuffer[] srcs, int offset, int length) {
            throw new AssertionError();
        }

        @Override
        public long position() {
            throw new AssertionError();
        }

        @Override
        public FileChannel position(long newPosition) {
            throw new AssertionError();
        }

        @Override
        public long size() {
            throw new AssertionError();
        }

        @Override
        public FileChannel truncate(long size) {
            throw new AssertionError();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new AssertionError();
        }

        @Override
        public long transferFrom(ReadableByteChannel src, long position, long count) {
            throw new AssertionError();
        }

        @Override
        public int read(ByteBuffer dst, long position) {
            throw new AssertionError();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new AssertionError();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new AssertionError();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new AssertionError();
        }
    }
}
