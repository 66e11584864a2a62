package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file of our own to a model; published files are checked by the predictor's tests. */
class ModelLoaderTest {
    @TempDir
    Path folder;

    @Test
    void aFileMakesTheModelThatItsWeightsMake() {
        GoldenCases.on("reference", () -> {
            ParityCase parity = GoldenCases.tiny("tiny-dc5-learned");
            Path file = folder.resolve("model.safetensors");
            TinyCheckpoint.write(
                    parity.weights(), parity.weights().shapes(), ConfigArguments.of(parity.config()), file);
            try (Scope scope = Scope.open();
                    MdetrModel expected = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE);
                    Checkpoint checkpoint = Checkpoint.open(file);
                    MdetrModel model = ModelLoader.load(checkpoint, Checkpoint.MODEL, Map.of(), Mode.INFERENCE)) {
                assertEquals(parity.config(), model.config());
                MdetrInput input = parity.input();
                try (MdetrOutput a = expected.forward(input);
                        MdetrOutput b = model.forward(input)) {
                    assertArrayEquals(a.logits().toFloats(), b.logits().toFloats());
                }
            }
        });
    }

    @Test
    void anErrorInReadingIsThrownAsItIs() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        WeightSource broken = new WeightSource() {
            @Override
            public Set<String> names() {
                return parity.weights().names();
            }

            @Override
            public Shape shape(String name) {
                return parity.weights().shape(name);
            }

            @Override
            public void read(String name, long from, FloatBuffer into) throws IOException {
                if (name.equals("query_embed.weight")) {
                    throw new IOException("the disk is gone");
                }
                parity.weights().read(name, from, into);
            }

            @Override
            public String description() {
                return "a broken disk";
            }
        };
        GoldenCases.on("reference", () -> {
            IOException e = assertThrows(
                    IOException.class,
                    () -> ModelLoader.load(parity.config(), broken, Mode.INFERENCE, Precision.FLOAT32));
            assertEquals("the disk is gone", e.getMessage());
        });
    }

    @Test
    void integersAreNoWeights() throws IOException {
        Path file = folder.resolve("integers.safetensors");
        TensorInfo info = new TensorInfo("query_embed.weight", StoredType.I32, new long[] {2});
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, List.of(info), Map.of())) {
            writer.writeInts(info.name(), IntBuffer.allocate(2));
            writer.commit();
        }
        try (TensorSource source = SafeTensors.open(file)) {
            WeightSource weights = new CheckpointWeights(source);
            String message = assertThrows(
                            IllegalArgumentException.class, () -> weights.read(info.name(), 0, FloatBuffer.allocate(2)))
                    .getMessage();
            assertEquals(
                    file + ": weight query_embed.weight: expected F64, F32, F16 or BF16, got I32; save it as floats"
                            + " (tensor.float())",
                    message);
        }
    }

    @Test
    void anOptionThatMeansNothingIsRefused() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Path file = folder.resolve("misspelt.safetensors");
        TinyCheckpoint.write(parity.weights(), parity.weights().shapes(), null, file);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            for (String name : List.of("nhead", "text_encoder.layer_norm_epsilon", "text_encoder.")) {
                Map<String, Object> options = Map.of("nheads", 4, "text_encoder.num_attention_heads", 4, name, 1);
                IllegalArgumentException e = assertThrows(
                        IllegalArgumentException.class,
                        () -> ModelLoader.config(checkpoint, Checkpoint.MODEL, options));
                assertTrue(
                        e.getMessage().startsWith("option " + name + " is unknown: expected one of"), e.getMessage());
            }
            Map<String, Object> half = Map.of("nheads", 4.5, "text_encoder.num_attention_heads", 4);
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class, () -> ModelLoader.config(checkpoint, Checkpoint.MODEL, half));
            assertTrue(e.getMessage().contains("nheads: 4.5 attention heads"), e.getMessage());
        }
    }

    @Test
    void optionsStandInForWhatTheFileDoesNotSay() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Path file = folder.resolve("bare.safetensors");
        TinyCheckpoint.write(parity.weights(), parity.weights().shapes(), null, file);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThrows(
                    IllegalArgumentException.class, () -> ModelLoader.config(checkpoint, Checkpoint.MODEL, Map.of()));
            Map<String, Object> options = Map.of("nheads", 4, "text_encoder.num_attention_heads", 4);
            assertEquals(parity.config(), ModelLoader.config(checkpoint, Checkpoint.MODEL, options));
        }
    }
}
