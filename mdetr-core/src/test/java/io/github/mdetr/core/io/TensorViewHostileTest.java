package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pickled tensors whose views, storages or ids lie about where their elements are. */
class TensorViewHostileTest {
    @TempDir
    Path folder;

    private Path file(PickleBytes pickle) throws Exception {
        return ZipBytes.checkpoint(pickle.bytes()).write(folder.resolve("hostile.pth"));
    }

    /** A checkpoint of one storage of three floats. */
    private Path withStorage(PickleBytes pickle) throws Exception {
        ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
        zip.add("archive/data/0", new byte[12]);
        return zip.write(folder.resolve("hostile.pth"));
    }

    private static PickleBytes pickle() {
        return new PickleBytes().protocol();
    }

    private static PickleBytes stateDict(long elements, long offset, long[] shape, long[] strides) {
        return pickle().op('}')
                .text("w")
                .tensor("0", elements, offset, shape, strides)
                .op('s', '.');
    }

    private static long[] of(long... values) {
        return values;
    }

    @Test
    void whatTheHelpersWriteIsReadable() throws Exception {
        Hostile.readAll(withStorage(stateDict(3, 1, of(2), of(1))));
    }

    @Test
    void viewsBeyondTheStorage() throws Exception {
        assertRejected(
                withStorage(stateDict(3, 0, of(4), of(1))),
                "within the 3 elements of storage '0'",
                "shape [4], strides [1]");
        assertRejected(withStorage(stateDict(3, 2, of(2), of(1))), "within the 3 elements", "offset 2");
        assertRejected(withStorage(stateDict(3, 0, of(2, 2), of(2, 2))), "within the 3 elements", "strides [2, 2]");
        assertRejected(withStorage(stateDict(3, 0, of(2), of(3))), "within the 3 elements");
        assertRejected(withStorage(stateDict(3, 4, of(0), of(1))), "within the 3 elements", "offset 4");
    }

    @Test
    void viewsThatOverflow() throws Exception {
        long max = Long.MAX_VALUE;
        assertRejected(withStorage(stateDict(3, 0, of(3), of(max))), "which overflows");
        assertRejected(withStorage(stateDict(3, max, of(2), of(1))), "which overflows");
        assertRejected(withStorage(stateDict(3, 0, of(2, 2), of(max, max))), "which overflows");
        assertRejected(
                withStorage(stateDict(3, 0, of(1L << 32, 1L << 32), of(0, 0))), "a shape of fewer than 2^63 bytes");
        assertRejected(withStorage(stateDict(3, 0, of(max), of(0))), "a shape of fewer than 2^63 bytes");
    }

    @Test
    void negativeSizesStridesAndOffsets() throws Exception {
        assertRejected(withStorage(stateDict(3, 0, of(-1), of(1))), "sizes of at least 0", "got -1");
        assertRejected(withStorage(stateDict(3, 2, of(3), of(-1))), "strides of at least 0", "got -1");
        assertRejected(withStorage(stateDict(3, -1, of(2), of(1))), "offset -1");
        assertRejected(withStorage(stateDict(3, Long.MIN_VALUE, of(2), of(1))), "offset -9223372036854775808");
        assertRejected(withStorage(stateDict(3, 0, of(3), of(1, 1))), "as many strides as sizes");
    }

    @Test
    void expandedBeyondMeasure() throws Exception {
        assertRejected(
                withStorage(stateDict(3, 0, of(1L << 40), of(0))),
                "tensor 'w'",
                "8 times the file's size",
                "expanded views");
    }

    @Test
    void ranksBeyondAnyTensor() throws Exception {
        assertRejected(withStorage(stateDict(3, 0, new long[65], new long[65])), "a tuple of at most 64 sizes");
    }

    @Test
    void storagesThatLie() throws Exception {
        assertRejected(
                withStorage(stateDict(4, 0, of(3), of(1))),
                "storage '0'",
                "a zip entry of 16 bytes for 4 of F32",
                "12 bytes");
        assertRejected(withStorage(stateDict(-1, 0, of(0), of(1))), "storage '0'", "-1 elements");
        assertRejected(
                withStorage(stateDict(Long.MAX_VALUE, 0, of(0), of(1))), "storage '0'", "9223372036854775807 elements");
        assertRejected(file(stateDict(3, 0, of(3), of(1))), "storage '0'", "no such entry");
        PickleBytes twice = pickle().op('}')
                .text("a")
                .tensor("0", 3, 0, of(3), of(1))
                .op('s')
                .text("b");
        assertRejected(
                withStorage(twice.tensor("0", 2, 0, of(2), of(1)).op("s.")),
                "storage '0' as before, 3 of F32",
                "2 of F32");
    }

    @Test
    void persistentIdsThatAreNoStorage() throws Exception {
        assertRejected(file(pickle().text("module").op('Q', '.')), "the persistent id of a storage", "'module'");
        assertRejected(file(pickle().tuple(1, 2, 3, 4, 5).op('Q', '.')), "the persistent id of a storage");
        PickleBytes wrongClass = pickle().op('(')
                .text("storage")
                .global("torch", "device")
                .text("0")
                .text("cpu")
                .integer(3);
        assertRejected(file(wrongClass.op('t', 'Q', '.')), "a storage's class", "torch.device");
        PickleBytes view = pickle().op('(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .integer(3);
        assertRejected(file(view.tuple(1, 2, 3).op('t', 'Q', '.')), "a whole storage");
    }

    @Test
    void viewsOfUntypedStorageAreChecked() throws Exception {
        for (long size : new long[] {3, 4}) {
            PickleBytes pickle = pickle().op('}')
                    .text("w")
                    .global("torch._utils", "_rebuild_tensor_v3")
                    .op("((");
            pickle.text("storage")
                    .global("torch.storage", "UntypedStorage")
                    .text("0")
                    .text("cpu")
                    .integer(12)
                    .op("tQK", 0);
            pickle.tuple(size).tuple(1).op(0x89, '}').global("torch", "float32").op("tRs.");
            Path file = withStorage(pickle);
            if (size == 3) {
                try (Checkpoint checkpoint = Checkpoint.open(file)) {
                    assertEquals("w F32[3]", checkpoint.model().info("w").toString());
                }
            } else {
                assertRejected(file, "within the 3 elements of storage '0'", "shape [4]");
            }
        }
    }

    @Test
    void unsupportedElementTypes() throws Exception {
        PickleBytes pickle = pickle().op('(')
                .text("storage")
                .global("torch", "ComplexFloatStorage")
                .op('.');
        assertRejected(file(pickle), "'torch.ComplexFloatStorage'");
    }

    @Test
    void sameTensorNameByTwoPaths() throws Exception {
        PickleBytes pickle = pickle().op('}')
                .text("model")
                .op('}')
                .text("a.b")
                .tensor("0", 3, 0, of(3), of(1))
                .op('s');
        pickle.text("a")
                .op('}')
                .text("b")
                .tensor("0", 3, 0, of(3), of(1))
                .op("ssss".substring(0, 3))
                .op('.');
        assertRejected(withStorage(pickle), "distinct tensor names", "'a.b' twice");
    }
}
