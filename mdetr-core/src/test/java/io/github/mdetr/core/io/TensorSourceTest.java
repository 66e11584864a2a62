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
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads in parts, into every kind of buffer, from several threads, mapped; and the errors of reads that do not fit. */
class TensorSourceTest {
    private static Checkpoint values() throws IOException {
        return Checkpoint.open(TestFiles.resource("fixtures/values-zip-p2.pth"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "transposed",
                "permuted",
                "view.step",
                "expanded",
                "half.transposed",
                "double.sliced",
                "ones"
            })
    void everyPartOfATensorEqualsThatPartOfTheWhole(String name) throws Exception {
        try (Checkpoint checkpoint = values()) {
            TensorSource source = checkpoint.model();
            float[] whole = TestFiles.floats(source, name);
            for (int from = 0; from <= whole.length; from++) {
                for (int to = from; to <= whole.length; to++) {
                    float[] part = new float[to - from];
                    source.readFloats(name, from, FloatBuffer.wrap(part));
                    assertArrayEquals(Arrays.copyOfRange(whole, from, to), part);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "module.prefixed", "transposed", "half.transposed", "double.sliced"})
    void everyKindOfBufferReceivesTheSame(String name) throws Exception {
        try (Checkpoint checkpoint = values()) {
            TensorSource source = checkpoint.model();
            float[] expected = TestFiles.floats(source, name);
            for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
                int bytes = expected.length * Float.BYTES;
                for (ByteBuffer dst : List.of(ByteBuffer.allocate(bytes + 8), ByteBuffer.allocateDirect(bytes + 8))) {
                    dst.order(order).position(3).limit(3 + bytes);
                    source.readFloats(name, 0, dst);
                    assertEquals(3 + bytes, dst.position());
                    float[] got = new float[expected.length];
                    dst.position(3).order(order).asFloatBuffer().get(got);
                    assertArrayEquals(expected, got);
                    FloatBuffer floats =
                            dst.clear().order(order).asFloatBuffer().limit(expected.length);
                    source.readFloats(name, 0, floats);
                    assertEquals(expected.length, floats.position());
                    floats.flip().get(got);
                    assertArrayEquals(expected, got);
                }
            }
        }
    }

    @Test
    void mappedBytesAreTheStoredOnes() throws Exception {
        for (String file : List.of("golden/expected-model.safetensors", "golden/zip.pth", "golden/legacy.pth")) {
            try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource(file))) {
                TensorSource source = checkpoint.model();
                int mapped = 0;
                for (TensorInfo info : source.tensors().values()) {
                    if (source.isContiguous(info.name())) {
                        try (MappedTensor tensor = source.map(info.name())) {
                            byte[] got = new byte[(int) info.byteSize()];
                            tensor.buffer(0, got.length).get(got);
                            assertArrayEquals(TestFiles.bytes(source, info.name()), got);
                            assertThrows(IllegalArgumentException.class, () -> tensor.buffer(1, got.length));
                            assertThrows(IllegalArgumentException.class, () -> tensor.buffer(-1, 0));
                            mapped++;
                        }
                    }
                }
                assertTrue(mapped > 10, file);
            }
        }
    }

    @Test
    void closingUnmaps() throws Exception {
        TensorSource source = SafeTensors.open(TestFiles.resource("golden/expected-model.safetensors"));
        MappedTensor first = source.map("half");
        MappedTensor second = source.map("double");
        first.close();
        assertThrows(IllegalStateException.class, () -> first.buffer(0, 1));
        second.buffer(0, 1);
        source.close();
        assertThrows(IllegalStateException.class, () -> second.buffer(0, 1));
        second.close();
        assertThrows(ClosedChannelException.class, () -> TestFiles.floats(source, "half"));
        assertThrows(ClosedChannelException.class, () -> source.map("half"));
    }

    @Test
    void stridedTensorsAreReadButNotMapped() throws Exception {
        try (Checkpoint checkpoint = values()) {
            TensorSource source = checkpoint.model();
            assertFalse(source.isContiguous("transposed"));
            assertTrue(source.isContiguous("ones"));
            assertTrue(source.isContiguous("view.row"));
            assertTrue(source.isContiguous("empty"));
            String message = assertThrows(IllegalArgumentException.class, () -> source.map("transposed"))
                    .getMessage();
            assertTrue(message.contains("'transposed'") && message.contains("strided"), message);
        }
    }

    @Test
    void readsThatDoNotFitSaySo() throws Exception {
        try (Checkpoint checkpoint = values()) {
            TensorSource source = checkpoint.model();
            assertMessage(() -> source.info("missing"), "no tensor 'missing' among its 16");
            assertMessage(() -> source.readFloats("missing", 0, FloatBuffer.allocate(1)), "no tensor 'missing'");
            assertMessage(
                    () -> source.readFloats("plain", 1, FloatBuffer.allocate(15)),
                    "within its 15 elements, got 15 from 1");
            assertMessage(() -> source.readFloats("plain", -1, FloatBuffer.allocate(1)), "got 1 from -1");
            assertMessage(
                    () -> source.readFloats("plain", Long.MAX_VALUE, FloatBuffer.allocate(1)),
                    "within its 15 elements");
            assertMessage(() -> source.readFloats("scalar", 0, FloatBuffer.allocate(1)), "a float type, got I64");
            assertMessage(() -> source.readInts("plain", 0, IntBuffer.allocate(1)), "an integer type, got F32");
            assertMessage(() -> source.readLongs("plain", 0, LongBuffer.allocate(1)), "an integer type, got F32");
            assertMessage(
                    () -> source.readBytes("plain", 0, ByteBuffer.allocate(5)), "whole elements of 4 bytes, got 5");
            assertMessage(() -> source.readFloats("plain", 0, ByteBuffer.allocate(5)), "whole floats, got 5");
        }
    }

    private interface Read {
        void run() throws IOException;
    }

    private static void assertMessage(Read read, String fragment) {
        String message = assertThrows(IllegalArgumentException.class, read::run).getMessage();
        assertTrue(message.contains(fragment), message);
    }

    @Test
    void integersNarrowOrSayWhyNot() throws Exception {
        try (TensorSource source = SafeTensors.open(TestFiles.resource("fixtures/types.safetensors"))) {
            IntBuffer four = IntBuffer.allocate(4);
            source.readInts("int.U8", 0, four);
            assertArrayEquals(new int[] {0, 255, 0, 7}, four.array());
            source.readInts("int.I32", 0, four.clear());
            assertArrayEquals(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 7}, four.array());
            source.readInts("int.I64", 2, four.clear().limit(2));
            String message = assertThrows(
                            CheckpointFormatException.class, () -> source.readInts("int.I64", 0, four.clear()))
                    .getMessage();
            assertTrue(message.contains("'int.I64'") && message.contains("-9223372036854775808"), message);
        }
    }

    @Test
    void severalThreadsReadTheSame() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Checkpoint checkpoint = values()) {
            TensorSource source = checkpoint.model();
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (TensorInfo info : source.tensors().values()) {
                List<String> expected = TestFiles.texts(source, info.name());
                for (int i = 0; i < 50; i++) {
                    tasks.add(() -> expected.equals(TestFiles.texts(source, info.name())));
                }
            }
            for (Future<Boolean> result : threads.invokeAll(tasks)) {
                assertTrue(result.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void missingSectionsAreNamed() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("fixtures/bare.pth"))) {
            String message = assertThrows(CheckpointFormatException.class, () -> checkpoint.section("model_ema"))
                    .getMessage();
            assertTrue(message.contains("expected 'model_ema', got 'model'"), message);
        }
    }
}
