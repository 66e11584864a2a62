package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lies in the format before PyTorch 1.6: five pickles, then each storage's length and elements. */
class LegacyHostileTest {
    private static final PickleBytes MAGIC = pickle().op(
                    0x8a, 10, HexFormat.of().parseHex("6cfc9c46f9206aa85019"))
            .op('.');
    private static final PickleBytes VERSION = pickle().op('M', 0xe9, 3, '.');
    private static final PickleBytes LITTLE =
            pickle().op('}').text("little_endian").op(0x88, "s.");

    @TempDir
    Path folder;

    private static PickleBytes pickle() {
        return new PickleBytes().protocol();
    }

    private static PickleBytes root() {
        PickleBytes pickle = pickle().op('}').text("w").op('c', "torch._utils\n_rebuild_tensor_v2\n", "((");
        pickle.text("storage")
                .global("torch", "FloatStorage")
                .text("k")
                .text("cpu")
                .integer(3)
                .op("NtQK", 0);
        return pickle.tuple(3).tuple(1).op(0x89, '}', 't', "Rs.");
    }

    private static PickleBytes keys(String... keys) {
        PickleBytes pickle = pickle().op(']');
        Arrays.stream(keys).forEach(key -> pickle.text(key).op('a'));
        return pickle.op('.');
    }

    private static PickleBytes data(long elements, int bytes) {
        return new PickleBytes().op(PickleBytes.little(elements, 8)).op(new byte[bytes]);
    }

    private Path file(PickleBytes... parts) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (PickleBytes part : parts) {
            bytes.writeBytes(part.bytes());
        }
        return Files.write(folder.resolve("hostile.pth"), bytes.toByteArray());
    }

    @Test
    void whatTheHelpersWriteIsReadable() throws Exception {
        Hostile.readAll(file(MAGIC, VERSION, LITTLE, root(), keys("k"), data(3, 12)));
    }

    @Test
    void headsThatAreNot() throws Exception {
        assertRejected(file(pickle().op("K", 1, '.')), "first pickle", "the magic number of torch.save", "got 1");
        assertRejected(file(MAGIC, pickle().op('K', 7, '.')), "second pickle", "protocol version 1001", "got 7");
        assertRejected(file(MAGIC, VERSION, pickle().op("].")), "third pickle", "little_endian", "a list");
        PickleBytes big = pickle().op('}').text("little_endian").op(0x89, "s.");
        assertRejected(file(MAGIC, VERSION, big), "little_endian True", "little-endian machine");
    }

    @Test
    void globalsAreRejectedWithTheirPositionInTheFile() throws Exception {
        int before = MAGIC.size() + VERSION.size() + LITTLE.size();
        Path file = file(MAGIC, VERSION, LITTLE, pickle().global("os", "system").op(')', "R."));
        assertRejected(file, "pickle at byte " + (before + 2), "'os.system'");
        assertRejected(file(pickle().global("os", "system").op(')', "R.")), "pickle at byte 2", "'os.system'");
    }

    @Test
    void keysThatLie() throws Exception {
        assertRejected(file(MAGIC, VERSION, LITTLE, root(), keys()), "storage 'k'", "its data in the file", "none");
        assertRejected(
                file(MAGIC, VERSION, LITTLE, root(), keys("k", "k"), data(3, 12), data(3, 12)),
                "fifth pickle",
                "each storage's key once",
                "'k'");
        assertRejected(file(MAGIC, VERSION, LITTLE, root(), keys("x"), data(3, 12)), "each storage's key once", "'x'");
        assertRejected(file(MAGIC, VERSION, LITTLE, root(), pickle().op("}.")), "a list of storage keys");
    }

    @Test
    void lengthsThatLie() throws Exception {
        for (long lie : new long[] {0, 2, 4, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertRejected(
                    file(MAGIC, VERSION, LITTLE, root(), keys("k"), data(lie, 12)),
                    "storage 'k'",
                    "3 elements of F32",
                    "got " + lie);
        }
    }

    @Test
    void truncatedAndTrailing() throws Exception {
        assertRejected(
                file(MAGIC, VERSION, LITTLE, root(), keys("k"), data(3, 11)), "storage 'k'", "within the file's");
        assertRejected(
                file(MAGIC, VERSION, LITTLE, root(), keys("k"), data(3, 13)), "end of the storages", "1 bytes more");
        assertRejected(
                file(MAGIC, VERSION, LITTLE, root(), keys("k"), new PickleBytes().op(new byte[3])),
                "storage 'k'",
                "its length",
                "the end of the file");
        byte[] bytes = Files.readAllBytes(TestFiles.resource("golden/legacy.pth"));
        for (int length = 16; length < bytes.length; length += 97) {
            assertRejected(Files.write(folder.resolve("cut.pth"), Arrays.copyOf(bytes, length)), "expected");
        }
    }
}
