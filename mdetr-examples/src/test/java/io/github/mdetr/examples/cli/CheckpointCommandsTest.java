package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert} and {@code inspect}. */
class CheckpointCommandsTest {
    @TempDir
    Path folder;

    @Test
    void convertKeepsTensorsAndArguments() throws IOException {
        Path in = TinyModel.write(folder, "in.safetensors", true);
        Path out = folder.resolve("out.safetensors");
        Run run = Run.mdetr("convert", in, out);
        assertEquals(0, run.code(), run.err());
        try (Checkpoint a = Checkpoint.open(in);
                Checkpoint b = Checkpoint.open(out)) {
            assertEquals(a.args(), b.args());
            assertEquals(a.model().tensors(), b.model().tensors());
            String name = "query_embed.weight";
            assertArrayEquals(bytes(a, name), bytes(b, name));
            int n = a.model().tensors().size();
            assertTrue(run.out().startsWith(out + ": " + n + " tensors, "), run.out());
        }
    }

    private static byte[] bytes(Checkpoint c, String name) throws IOException {
        ByteBuffer b = ByteBuffer.allocate((int) c.model().info(name).byteSize());
        c.model().readBytes(name, 0, b);
        return b.array();
    }

    @Test
    void anOptionGoesAlongAndIsShown() throws IOException {
        Path in = TinyModel.write(folder, "in.safetensors", true);
        Path out = folder.resolve("out.safetensors");
        assertEquals(
                0,
                Run.mdetr("convert", "--option", "eval_resize=native", in, out).code());
        try (Checkpoint a = Checkpoint.open(in);
                Checkpoint b = Checkpoint.open(out)) {
            Map<String, Object> expected = new LinkedHashMap<>(a.args());
            expected.put("eval_resize", "native");
            assertEquals(expected, b.args());
        }
        String told = Run.mdetr("inspect", "--no-tensors", out).out();
        assertTrue(told.contains("eval_resize = native"), told);
        assertTrue(Run.mdetr("convert", "--option", "eval_resize=huge", in, folder.resolve("o"))
                .refusal()
                .contains("expected native"));
        assertTrue(Run.mdetr("convert", "--option", "size=1", in, folder.resolve("o"))
                .refusal()
                .contains("option size is unknown"));
    }

    @Test
    void convertRefusesWithOneLine() throws IOException {
        Path in = TinyModel.write(folder, "in.safetensors", true);
        assertTrue(Run.mdetr("convert", in, in).refusal().contains("both input and output"));
        assertTrue(Run.mdetr("convert", in, folder).refusal().contains("is a folder"));
        assertTrue(Run.mdetr("convert", in, folder.resolve("no/such/out"))
                .refusal()
                .contains("folder does not exist"));
        assertTrue(Run.mdetr("convert", folder.resolve("gone.pth"), folder.resolve("o"))
                .refusal()
                .contains("gone.pth"));
        assertTrue(
                Run.mdetr("convert", "--ema", in, folder.resolve("o")).refusal().contains("model_ema"));
        Path text = Files.writeString(folder.resolve("text.pth"), "hello");
        assertTrue(Run.mdetr("convert", text, folder.resolve("o")).refusal().contains("text.pth"));
    }

    @Test
    void inspectTellsConfigurationPartsMemoryAndTensors() throws IOException {
        Path file = TinyModel.write(folder, "tiny.safetensors", true);
        Run run = Run.mdetr("inspect", file);
        assertEquals(0, run.code(), run.err());
        long values;
        try (Checkpoint c = Checkpoint.open(file)) {
            values = c.model().tensors().values().stream()
                    .mapToLong(TensorInfo::elements)
                    .sum();
        }
        for (String part : new String[] {
            "configuration  backbone = resnet18",
            "configuration  nheads = 4",
            "configuration  dropout = 0.1" + System.lineSeparator(),
            "parameters     all            " + String.format("%15s", Quantity.count(values)),
            "memory         " + Quantity.bytes(4 * values) + " for the weights",
            "query_embed.weight",
        }) {
            assertTrue(run.out().contains(part), part + " is missing in\n" + run.out());
        }
        Run brief = Run.mdetr("inspect", "--no-tensors", file);
        assertTrue(!brief.out().contains("query_embed.weight"), brief.out());
    }

    /** A narrow, dilated network keeps its form through conversion: the file's shapes and arguments tell it. */
    @Test
    void aNarrowNetworkIsConvertedAndInspected() throws IOException {
        Path file = TinyModel.writeNarrow(folder, "narrow.safetensors");
        Path converted = folder.resolve("converted.safetensors");
        assertEquals(0, Run.mdetr("convert", file, converted).code());
        for (Path f : new Path[] {file, converted}) {
            Run run = Run.mdetr("inspect", f);
            assertEquals(0, run.code(), run.err());
            assertTrue(run.out().contains("configuration  backbone = resnet18_half"), run.out());
            assertTrue(run.out().contains("configuration  dilation = true"), run.out());
        }
    }

    @Test
    void inspectSaysWhatIsNotStatedAndTakesItAsOptions() throws IOException {
        Path file = TinyModel.write(folder, "bare.safetensors", false);
        Run run = Run.mdetr("inspect", file);
        assertEquals(1, run.code());
        assertTrue(run.out().contains("configuration  none: ") && run.out().contains("nheads"), run.out());
        Run told = Run.mdetr("inspect", file, "--option", "nheads=4", "--option", "text_encoder.num_attention_heads=4");
        assertEquals(0, told.code(), told.out());
    }

    @Test
    void inspectOfAnotherModelSaysWhatIsMissing() throws IOException {
        Path file = folder.resolve("other.safetensors");
        TensorInfo t = new TensorInfo("fc.weight", StoredType.F32, new long[] {1});
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, List.of(t), Map.of())) {
            writer.write("fc.weight", ByteBuffer.allocate(4));
            writer.commit();
        }
        Run run = Run.mdetr("inspect", file);
        assertEquals(1, run.code());
        assertTrue(run.out().contains("does not hold an MDETR"), run.out());
        assertTrue(Run.mdetr("inspect", folder).refusal().contains("a directory without an index"));
        assertTrue(Run.mdetr("inspect", folder.resolve("gone")).refusal().contains("gone"));
    }

    /** The small model as another program's training would save it: wrapped, and next to its criterion. */
    private Path wrapped(String name) throws IOException {
        Path in = TinyModel.write(folder, "plain.safetensors", true);
        Path out = folder.resolve(name);
        try (Checkpoint plain = Checkpoint.open(in)) {
            List<TensorInfo> infos = new ArrayList<>();
            infos.add(new TensorInfo("criterion.empty_weight", StoredType.F32, new long[] {1}));
            plain.model()
                    .tensors()
                    .values()
                    .forEach(t -> infos.add(new TensorInfo("model." + t.name(), t.type(), t.shape())));
            try (SafeTensorsWriter writer =
                    SafeTensorsWriter.create(out, infos, plain.model().metadata())) {
                writer.write("criterion.empty_weight", ByteBuffer.allocate(4));
                for (String tensor : plain.model().names()) {
                    writer.write("model." + tensor, ByteBuffer.wrap(bytes(plain, tensor)));
                }
                writer.commit();
            }
        }
        return out;
    }

    @Test
    void wrappedWeightsAreInspectedAndConvertedByTheirCleanNames() throws IOException {
        Path file = wrapped("wrapped.safetensors");
        Run run = Run.mdetr("inspect", file);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("note           'model.' is left out at the beginning of"), run.out());
        assertTrue(run.out().contains("1 tensors that are no weights of the model are passed over"), run.out());
        Path out = folder.resolve("clean.safetensors");
        Run converted = Run.mdetr("convert", file, out);
        assertEquals(0, converted.code(), converted.err());
        assertTrue(converted.err().contains("note: 'model.' is left out"), converted.err());
        try (Checkpoint a = Checkpoint.open(folder.resolve("plain.safetensors"));
                Checkpoint b = Checkpoint.open(out)) {
            assertEquals(a.model().tensors(), b.model().tensors());
            assertEquals(List.of(), b.notes(Checkpoint.MODEL));
            assertArrayEquals(bytes(a, "class_embed.weight"), bytes(b, "class_embed.weight"));
        }
    }
}
