package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that users brought, and one that an attacker did, where {@code shared/cases} is there. */
class SharedCasesTest {
    private static Path cases(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve("cases").resolve(name);
            if (Files.exists(found)) {
                return found;
            }
        }
        assumeTrue(false, "no shared/cases/" + name + " above the working directory");
        throw new AssertionError();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "beside-defaultdict.pth",
                "beside-numpy-rng.pth",
                "ema-only.pth",
                "lightning.ckpt",
                "prefix-module.pth",
                "state-dict.pth",
                "sharded",
                "sharded/model.safetensors.index.json"
            })
    void holdsTheWeightsOfTheGoodFile(String name) throws Exception {
        try (Checkpoint good = Checkpoint.open(cases("checkpoints/good.pth"));
                Checkpoint other = Checkpoint.open(cases("checkpoints/" + name))) {
            assertEquals(good.model().names(), other.model().names());
            for (TensorInfo info : good.model().tensors().values()) {
                assertEquals(info, other.model().info(info.name()));
                assertArrayEquals(
                        TestFiles.bytes(good.model(), info.name()), TestFiles.bytes(other.model(), info.name()));
            }
        }
    }

    @Test
    void aSharedValueUnderManyKeysIsRefusedAtOnce() throws Exception {
        Hostile.assertRejected(cases("attacks/root-entries-27k.pth"), "far more by sharing");
    }
}
