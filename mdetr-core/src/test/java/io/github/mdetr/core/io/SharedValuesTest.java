package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that a pickle shares between many places: what a file may cost is bounded for all of them together. */
class SharedValuesTest {
    @TempDir
    Path folder;

    private static PickleBytes pickle() {
        return new PickleBytes().protocol();
    }

    private Path file(PickleBytes pickle) throws Exception {
        ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
        zip.add("archive/data/0", new byte[12]);
        return zip.write(folder.resolve("shared.pth"));
    }

    private static PickleBytes keys(PickleBytes pickle, int count, Object... value) {
        for (int i = 0; i < count; i++) {
            pickle.text("k" + i).op(value);
        }
        return pickle;
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 5_000, 50_000})
    void aListUnderEveryKey(int count) throws Exception {
        PickleBytes pickle = pickle().op('}', '(').text("the list").op(']', '(', "N".repeat(10 * count), 'e', 'q', 0);
        assertRejected(file(keys(pickle, count, 'h', 0).op("u.")), "far more by sharing");
    }

    @Test
    void aTextUnderEveryKey() throws Exception {
        PickleBytes pickle =
                pickle().op('}', '(').text("a").text("x".repeat(100_000)).op('q', 0);
        assertRejected(file(keys(pickle, 5_000, 'h', 0).op("u.")), "far more by sharing");
    }

    @Test
    void tensorsUnderEveryKey() throws Exception {
        PickleBytes pickle = pickle().op('}', '(').text("a").op('}', '(');
        pickle.text("w").tensor("0", 3, 0, new long[] {3}, new long[] {1}).op('q', 1);
        keys(pickle, 2_000, 'h', 1).op('u', 'q', 0);
        assertRejected(file(keys(pickle, 2_000, 'h', 0).op("u.")), "by sharing");
    }

    /** Far less than a file may have in all, so that what shares a little is read. */
    @Test
    void aListUnderSomeKeys() throws Exception {
        PickleBytes pickle = pickle().op('}', '(').text("the list").op(']', '(', "N".repeat(100), 'e', 'q', 0);
        try (Checkpoint checkpoint =
                Checkpoint.open(file(keys(pickle, 50, 'h', 0).op("u.")))) {
            assertEquals(51, checkpoint.entries().size());
        }
    }

    @Test
    void anUnknownObjectUnderEveryKeyIsNotLookedInto() throws Exception {
        PickleBytes pickle = pickle().op('}', '(').text("w").tensor("0", 3, 0, new long[] {3}, new long[] {1});
        pickle.text("a").global("training", "Log").op(')', 0x81, '}', '(');
        keys(pickle, 20_000, 'N').op('u', 'b', 'q', 0);
        try (Checkpoint checkpoint = Hostile.bounded(
                file(keys(pickle, 20_000, 'h', 0).op("u.")), () -> Checkpoint.open(folder.resolve("shared.pth")))) {
            assertEquals(1, checkpoint.model().names().size());
            assertEquals(20_001, checkpoint.passedOver().get(0).count());
        }
    }

    /** Each object refers to the one before twice: asked of every one, whether it holds a tensor is looked up once. */
    @Test
    void objectsOfObjectsAreWalkedOnce() throws Exception {
        PickleBytes pickle = pickle().op('}', '(').text("w").tensor("0", 3, 0, new long[] {3}, new long[] {1});
        pickle.text("0").global("training", "Log").op('q', 1, ')', 'R', 'q', 0);
        for (int i = 1; i < 20_000; i++) {
            pickle.text(Integer.toString(i)).op('h', 1, 'h', 0, 'h', 0, 0x86, 'R', 'q', 0);
        }
        Path file = file(pickle.op("u."));
        assertTrue(Hostile.rejections(file, "objects of objects") == 0);
    }

    @Test
    void modulesOfOneModule() throws Exception {
        PickleBytes pickle = pickle();
        module(pickle, "");
        pickle.op('q', 0, '0');
        for (int level = 0; level < 60; level++) {
            module(pickle, "ab");
            pickle.op('q', 0, '0');
        }
        assertRejected(file(pickle.op('h', 0, '.')), "in keeping with the file's");
    }

    /** A pickled module with children of these letters, each the one in the memo. */
    private static void module(PickleBytes pickle, String children) {
        pickle.global("net", "Part").op(')', 0x81, '}', '(');
        pickle.text("_parameters")
                .op('}')
                .text("_buffers")
                .op('}')
                .text("_modules")
                .op('}', '(');
        children.chars().forEach(child -> pickle.text(Character.toString(child)).op('h', 0));
        pickle.op('u', 'u', 'b');
    }

    @Test
    void namesOfManyWrappers() throws Exception {
        PickleBytes pickle =
                pickle().op('}', '(').text("module.".repeat(20_000)).op('q', 1);
        pickle.tensor("0", 3, 0, new long[] {3}, new long[] {1});
        assertTrue(Hostile.rejections(file(pickle.op("u.")), "wrappers") == 0);
    }

    @Test
    void oneLongNameOfManyGlobals() throws Exception {
        PickleBytes pickle = pickle().text("m".repeat(1_000_000)).op('q', 0, '0', '(');
        for (int i = 0; i < 50_000; i++) {
            pickle.op('h', 0, 'h', 0, 0x93, '0');
        }
        assertRejected(file(pickle.op('t', '.')), "a state dict, or a dict that has one");
    }
}
