package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that no checkpoint has: nothing runs, and the error names what was met and where. */
class PickleHostileTest {
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

    private static long[] of(long... values) {
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "builtins, eval",
        "__builtin__, exec",
        "subprocess, Popen",
        "torch, load",
        "models.mdetr, MDETR",
        "torch.storage, _load_from_bytes",
        "posix, system",
        "numpy.core.multiarray, _reconstruct",
        "functools, partial"
    })
    void globalsAreRejectedByName(String module, String name) throws Exception {
        PickleBytes begin = pickle().op('}').text("args");
        int at = begin.size();
        Path file = file(begin.global(module, name).text("echo").op(0x85, 'R', 's', '.'));
        assertRejected(file, "archive/data.pkl at byte " + at, "got '" + module + "." + name + "'", "state_dict()");
    }

    @Test
    void aLongFolderNameHidesNothing() throws Exception {
        ZipBytes zip = new ZipBytes();
        zip.add(
                "x".repeat(60_000) + "/data.pkl",
                pickle().op('X', PickleBytes.little(0xffffffffL, 4)).bytes());
        assertRejected(
                zip.write(folder.resolve("hostile.pth")),
                "data.pkl at byte 2: expected at most the 0 bytes that follow, got a length of 4294967295");
    }

    @Test
    void globalsOfTheStackAreRejectedToo() throws Exception {
        assertRejected(file(pickle().text("os").text("system").op(0x93, '.')), "got 'os.system'");
        assertRejected(file(pickle().op('}').text("system").op(0x93, '.')), "module and name as text");
    }

    @Test
    void attributesOfAllowedModulesAreRejected() throws Exception {
        assertRejected(
                file(pickle().global("collections", "OrderedDict.clear").op('.')), "'collections.OrderedDict.clear'");
        assertRejected(
                file(pickle().global("collections OrderedDict", "x").op('.')), "got 'collections OrderedDict.x'");
    }

    @Test
    void reduceOnOthers() throws Exception {
        assertRejected(file(pickle().op(']', ')', 'R', '.')), "REDUCE on a function or class", "a list");
        assertRejected(file(pickle().text("os.system").op(')', 'R', '.')), "REDUCE on", "'os.system'");
        assertRejected(
                file(pickle().global("torch", "FloatStorage").op(')', 'R', '.')), "REDUCE on", "torch.FloatStorage");
        assertRejected(file(pickle().global("torch", "float32").op(')', 'R', '.')), "REDUCE on", "torch.float32");
        assertRejected(
                file(pickle().global("collections", "OrderedDict").op(']', 'R', '.')),
                "a tuple of arguments for REDUCE");
    }

    @Test
    void buildOnOthers() throws Exception {
        assertRejected(
                file(pickle().op(']', '}', 'b', '.')), "BUILD on a Namespace or OrderedDict", "a list with a Dict");
        assertRejected(file(pickle().text("x").op('}', 'b', '.')), "BUILD on", "'x'");
        assertRejected(
                file(pickle().global("argparse", "Namespace").op(')', 0x81, ']', 'b', '.')),
                "BUILD on",
                "a Namespace with a list");
        assertRejected(withStorage(pickle().tensor("0", 3, 0, of(3), of(1)).op('}', 'b', '.')), "BUILD on", "a Tensor");
    }

    @Test
    void newObjectsOfOthers() throws Exception {
        assertRejected(
                file(pickle().global("torch", "device").op(')', 0x81, '.')),
                "a new argparse.Namespace",
                "torch.device");
        assertRejected(file(pickle().text("x").op(')', 0x81, '.')), "a new argparse.Namespace", "'x'");
        assertRejected(
                file(pickle().global("argparse", "Namespace").op(']', 0x81, '.')), "a tuple of arguments for NEWOBJ");
        assertRejected(
                file(pickle().global("copyreg", "_reconstructor")
                        .global("torch", "device")
                        .global("builtins", "object")
                        .op('N', 0x87, 'R', '.')),
                "a new argparse.Namespace",
                "torch.device");
    }

    @Test
    void memoMiss() throws Exception {
        assertRejected(file(pickle().op('h', 5, '.')), "a memo index below 0 or one stored before", "got 5");
        assertRejected(file(pickle().op('j', PickleBytes.little(0xffffffffL, 4), '.')), "memo index", "got 4294967295");
        assertRejected(file(pickle().op("g77\n.")), "memo index", "got 77");
    }

    @Test
    void stringsOfFourGigabytes() throws Exception {
        byte[] length = PickleBytes.little(0xffffffffL, 4);
        assertRejected(
                file(pickle().op('X', length, "abc.")), "at most the 4 bytes that follow", "a length of 4294967295");
        assertRejected(file(pickle().op('B', length, "abc.")), "a length of 4294967295");
        assertRejected(file(pickle().op('T', length, "abc.")), "a length of 18446744073709551615");
        for (int code : new int[] {0x8d, 0x8e, 0x96}) {
            assertRejected(file(pickle().op(code, PickleBytes.little(1L << 32, 8), ".")), "a length of 4294967296");
            assertRejected(file(pickle().op(code, PickleBytes.little(-1, 8), ".")), "a length of 18446744073709551615");
        }
    }

    @Test
    void longIntegers() throws Exception {
        assertRejected(
                file(pickle().op(0x8b, PickleBytes.little(0x7fffffff, 4), ".")),
                "an integer of at most 1024 bytes",
                "2147483647");
        assertRejected(
                file(pickle().op(0x8b, PickleBytes.little(-1, 4), ".")), "an integer of at most 1024 bytes", "-1");
        assertRejected(file(pickle().op('L', "9".repeat(5000), "L\n.")), "a decimal integer of at most 1000 digits");
        assertRejected(file(pickle().op('I', "0x10\n.")), "a decimal integer", "'0x10'");
        assertRejected(file(pickle().op('F', "1d\n.")), "a decimal number", "'1d'");
        assertRejected(file(pickle().op('V', "x".repeat(100_000), "\n.")), "a line feed");
    }

    @Test
    void frameBeyondTheFile() throws Exception {
        assertRejected(
                file(pickle().op(0x95, PickleBytes.little(1000, 8), "N.")), "a frame within the 2 bytes", "1000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x82, 0x83, 0x84, 0x92, 0x97, 0x98, 'i', 'o', 'P', 0xff, 0})
    void operationsThatCheckpointsDoNotUse(int code) throws Exception {
        assertRejected(
                file(pickle().op('(', code, "os\nsystem\n.")),
                "an operation that checkpoints use",
                String.format("opcode 0x%02x", code));
    }

    @Test
    void laterProtocols() throws Exception {
        assertRejected(file(new PickleBytes().op(0x80, 6, 'N', '.')), "protocol 0 to 5", "got 6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"R.", "b.", "a.", "s.", "0.", "2.", "\u0085.", "Q.", ".", "(.", "N(b.", "((R."})
    void stackUnderflow(String operations) throws Exception {
        PickleBytes pickle = pickle();
        operations.chars().forEach(c -> pickle.op(c));
        assertRejected(file(pickle), "on the stack");
    }

    @ParameterizedTest
    @ValueSource(strings = {"t.", "u.", "e.", "1.", "d.", "l."})
    void missingMark(String operations) throws Exception {
        assertRejected(file(pickle().op(operations)), "a mark on the stack");
    }

    @Test
    void unbalancedAtTheEnd() throws Exception {
        assertRejected(file(pickle().op("NN.")), "one value at STOP", "2 and 0 marks");
        assertRejected(file(pickle().op("(N.")), "one value at STOP", "1 and 1 marks");
        assertRejected(file(pickle().op("}")), "a pickle that ends with STOP", "the end of the data");
        assertRejected(file(pickle().op("}.N.")), "the end of the pickle at STOP", "2 bytes more");
    }

    @Test
    void itemsOfWrongContainers() throws Exception {
        assertRejected(file(pickle().op("}Na.")), "a list to append to", "a Dict");
        assertRejected(file(pickle().op("]NNs.")), "a dict to set items of", "a list");
        assertRejected(file(pickle().op("]", '(', 0x90, '.')), "a set to add to");
        assertRejected(file(pickle().op("}(Nu.")), "pairs of keys and values", "1 values");
    }

    @Test
    void keysThatCouldHashForever() throws Exception {
        PickleBytes tuples = pickle().op("}N");
        for (int i = 0; i < 100; i++) {
            tuples.op('2', 0x86); // each a pair of the one before, twice
        }
        assertRejected(file(tuples.op("Ns.")), "text or a number as key", "a Tuple");
        assertRejected(file(pickle().op("}]Ns.")), "text or a number as key", "a list");
    }

    @Test
    void selfReference() throws Exception {
        PickleBytes list = pickle().op('}').text("args").op(']', 'q', 0, 'h', 0, 'a', 's', '.');
        assertRejected(file(list), "entry 'args'", "nested at most 100 deep", "a cycle");
        PickleBytes dict = pickle().op('}', 'q', 0).text("model").op('h', 0, 's', '.');
        assertRejected(file(dict), "entry 'model'", "a cycle");
        PickleBytes wide = pickle().op('}').text("args").op(']', 'q', 0, '(');
        for (int i = 0; i < 50; i++) {
            wide.op('h', 0);
        }
        assertRejected(file(wide.op('e', 's', '.')), "entry 'args'");
    }

    @Test
    void depthBomb() throws Exception {
        for (String level : new String[] {"]", "("}) {
            PickleBytes pickle =
                    pickle().op('}').text("args").op(level.repeat(200_000)).op('N');
            pickle.op((level.equals("]") ? "a" : "t").repeat(200_000)).op("s.");
            assertRejected(file(pickle), "entry 'args'", "nested at most 100 deep");
        }
    }

    @Test
    void memoBomb() throws Exception {
        PickleBytes pickle = pickle().op('}').text("args").op(']', 'q', 0, '0');
        for (int level = 1; level < 90; level++) {
            pickle.op(']', '(');
            for (int i = 0; i < 10; i++) {
                pickle.op('h', level - 1);
            }
            pickle.op('e', 'q', level, '0');
        }
        assertRejected(file(pickle.op('h', 89, 's', '.')), "entry 'args'", "far more by sharing");
    }

    @Test
    void longTextSharedManyTimes() throws Exception {
        PickleBytes pickle = pickle().op('}')
                .text("args")
                .op(']', '(')
                .text("x".repeat(1 << 20))
                .op('q', 0);
        for (int i = 0; i < 1000; i++) {
            pickle.op('h', 0);
        }
        assertRejected(file(pickle.op("es.")), "entry 'args'", "far more by sharing");
    }

    @Test
    void longKeysOnAPathOfTensors() throws Exception {
        PickleBytes pickle =
                pickle().op('}').text("model").text("k".repeat(200_000)).op('q', 0, '0', '}');
        for (int i = 0; i < 90; i++) {
            pickle.op('h', 0, '}');
        }
        pickle.text("w").tensor("0", 3, 0, of(3), of(1));
        Path file = withStorage(pickle.op("s".repeat(92)).op('.'));
        assertRejected(file, "entry 'model'", "far more by sharing");
    }

    @Test
    void copiesOfOneLargeValue() throws Exception {
        PickleBytes pickle = pickle().text("x".repeat(1 << 20)).op('q', 0);
        for (int i = 0; i < 1000; i++) {
            pickle.global("_codecs", "encode").op('h', 0).text("latin1").op(0x86, 'R', '0');
        }
        assertRejected(file(pickle.op('.')), "in keeping with the file's", "copies of");
        PickleBytes build = pickle().op('}', 'q', 0, '(');
        for (int i = 0; i < 20_000; i++) {
            build.integer(i).op('N');
        }
        build.op('u', '0').global("argparse", "Namespace").op(')', 0x81);
        for (int i = 0; i < 20_000; i++) {
            build.op('h', 0, 'b');
        }
        assertRejected(file(build.op('.')), "in keeping with the file's");
    }

    @Test
    void moreValuesThanAnyCheckpoint() throws Exception {
        byte[] pushes = new byte[5_000_000];
        Arrays.fill(pushes, (byte) ']');
        assertRejected(file(pickle().op(pushes)), "at most 2000000 values");
        Arrays.fill(pushes, (byte) 0x94);
        assertRejected(file(pickle().op('N').op(pushes)), "at most 2000000 values");
        Arrays.fill(pushes, (byte) '(');
        assertRejected(file(pickle().op(pushes)), "at most 2000000 values");
    }

    @Test
    void numpyScalarsKeepTheirByteOrder() throws Exception {
        for (String order : new String[] {"<", ">"}) {
            PickleBytes pickle = pickle().op('}').text("x").global("numpy.core.multiarray", "scalar");
            pickle.global("numpy", "dtype")
                    .text("i2")
                    .op(0x85, 'R', '(', 'K', 3)
                    .text(order)
                    .op("NNNJ", PickleBytes.little(-1, 4), 't', 'b');
            try (Checkpoint checkpoint = Checkpoint.open(file(pickle.op('C', 2, 1, 2, 0x86, "Rs.")))) {
                assertEquals(
                        order.equals("<") ? 0x0201L : 0x0102L,
                        checkpoint.entries().get("x"));
            }
        }
    }

    @Test
    void numpyThatIsNoScalar() throws Exception {
        assertRejected(file(pickle().global("numpy", "dtype").text("O").op(0x85, 'R', '.')), "a NumPy type", "'O'");
        PickleBytes scalar = pickle().global("numpy.core.multiarray", "scalar")
                .global("numpy", "dtype")
                .text("f8")
                .op(0x85, 'R');
        assertRejected(file(scalar.op('C', 4, "abcd", 0x86, 'R', '.')), "bytes of its size for a NumPy scalar");
    }

    @Test
    void textThatIsNotUtf8() throws Exception {
        assertRejected(file(pickle().op('X', PickleBytes.little(1, 4), 0xff, '.')), "text in UTF-8");
    }

    @Test
    void rootsThatAreNoStateDict() throws Exception {
        assertRejected(file(pickle().op("].")), "a state dict, or a dict that has one", "a list");
        assertRejected(file(pickle().op("N.")), "got None");
        assertRejected(withStorage(pickle().tensor("0", 3, 0, of(3), of(1)).op('.')), "got a Tensor");
    }
}
