package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityCommandTest {
    @TempDir
    Path folder;

    private static String last(Run run) {
        List<String> lines = run.outLines();
        return lines.get(lines.size() - 1);
    }

    @Test
    void theBundledCasesPassWithEveryDifferenceBesideTheAllowedOne() {
        Run run = Run.mdetr("parity", TinyModel.GOLDEN, "--case", "tiny", "--case", "tiny-dc5-learned");
        assertEquals(0, run.code(), run.out() + run.err());
        assertEquals("2 passed, 0 failed, 0 skipped", last(run));
        assertTrue(
                run.outLines().stream()
                        .anyMatch(l -> l.matches("tiny ok +pred_logits +\\d\\.\\d+e-\\d+ allowed \\d\\.\\d+e-\\d+")),
                run.out());
    }

    @Test
    void aWrongAndAMissingOutputFail() throws IOException {
        copy("tiny.json", "wrong.json");
        copy("tiny.json", "missing.json");
        rewrite("wrong.safetensors", "pred_boxes", false);
        rewrite("missing.safetensors", "pred_boxes", true);
        Run run = Run.mdetr("parity", folder);
        assertEquals(1, run.code(), run.out());
        assertEquals("0 passed, 2 failed, 0 skipped", last(run));
        List<String> failed =
                run.outLines().stream().filter(l -> l.contains(" FAIL ")).toList();
        assertEquals(2, failed.size(), run.out());
        assertTrue(failed.get(0).startsWith("missing FAIL renamed"), failed.get(0));
        assertTrue(failed.get(1).startsWith("wrong FAIL pred_boxes"), failed.get(1));
    }

    @Test
    void aBrokenCaseFailsAndTheOthersStillRun() throws IOException {
        Files.writeString(folder.resolve("a.json"), "{");
        Files.writeString(folder.resolve("a.safetensors"), "x");
        copy("tiny.json", "b.json");
        Files.writeString(folder.resolve("b.safetensors"), "not safetensors at all");
        copy("tiny.json", "c.json");
        copy("tiny.safetensors", "c.safetensors");
        Run run = Run.mdetr("parity", folder);
        assertEquals(1, run.code(), run.out());
        assertEquals("1 passed, 2 failed, 0 skipped", last(run));
        assertTrue(run.out().lines().anyMatch(l -> l.startsWith("a: ") && l.contains("a.json")), run.out());
        assertTrue(run.out().lines().anyMatch(l -> l.startsWith("b: ") && l.contains("b.safetensors")), run.out());
    }

    @Test
    void aModelThatIsNotBuiltIsSkippedAndNoneRunIsNoSuccess() throws IOException {
        String json = Files.readString(TinyModel.GOLDEN.resolve("tiny.json"));
        Files.writeString(
                folder.resolve("qa.json"), json.replace("\"query_embed.weight\"", "\"mask_head.lay1.weight\""));
        copy("tiny.safetensors", "qa.safetensors");
        Run run = Run.mdetr("parity", folder);
        assertEquals(1, run.code(), run.out());
        assertEquals("0 passed, 0 failed, 1 skipped", last(run));
    }

    @Test
    void anEmptyFolderIsNoSuccess() {
        Run run = Run.mdetr("parity", folder);
        assertEquals(1, run.code());
        assertEquals("0 passed, 0 failed, 0 skipped", run.out().strip());
        assertEquals(
                "mdetr parity: " + folder + ": has no case; expected NAME.json beside NAME.safetensors",
                run.err().strip());
    }

    @Test
    void whatIsNamedMustBeThere() {
        assertTrue(Run.mdetr("parity", folder, "--case", "tiny").refusal().contains("tiny.json: no such file"));
        assertTrue(Run.mdetr("parity", folder.resolve("gone")).refusal().contains("gone: no such file"));
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(TinyModel.GOLDEN.resolve(from), folder.resolve(to));
    }

    /** The tiny case's outputs with one of them off by 0.1, or under another name. */
    private void rewrite(String file, String output, boolean rename) throws IOException {
        try (Checkpoint in = Checkpoint.open(TinyModel.GOLDEN.resolve("tiny.safetensors"))) {
            TensorSource source = in.model();
            List<TensorInfo> tensors = new ArrayList<>();
            for (TensorInfo t : source.tensors().values()) {
                tensors.add(rename && t.name().equals(output) ? new TensorInfo("renamed", t.type(), t.shape()) : t);
            }
            try (SafeTensorsWriter writer = SafeTensorsWriter.create(folder.resolve(file), tensors, Map.of())) {
                for (TensorInfo t : source.tensors().values()) {
                    ByteBuffer b = ByteBuffer.allocate((int) t.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
                    source.readBytes(t.name(), 0, b);
                    b.flip();
                    boolean changed = t.name().equals(output);
                    if (changed && !rename) {
                        b.putFloat(0, b.getFloat(0) + 0.1f);
                    }
                    writer.write(changed && rename ? "renamed" : t.name(), b);
                }
                writer.commit();
            }
        }
    }
}
