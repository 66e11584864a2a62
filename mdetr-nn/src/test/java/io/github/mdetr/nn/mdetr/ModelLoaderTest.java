package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.parity.FormulaWeights;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
            write(parity.weights(), ConfigArguments.of(parity.config()), file);
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
    void optionsStandInForWhatTheFileDoesNotSay() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Path file = folder.resolve("bare.safetensors");
        write(parity.weights(), null, file);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThrows(
                    IllegalArgumentException.class, () -> ModelLoader.config(checkpoint, Checkpoint.MODEL, Map.of()));
            Map<String, Object> options = Map.of("nheads", 4, "text_encoder.num_attention_heads", 4);
            assertEquals(parity.config(), ModelLoader.config(checkpoint, Checkpoint.MODEL, options));
        }
    }

    private static void write(FormulaWeights weights, Map<String, Object> args, Path file) throws IOException {
        List<TensorInfo> tensors = new ArrayList<>();
        weights.shapes().forEach((name, shape) -> {
            long[] dims = Arrays.stream(shape.dims()).asLongStream().toArray();
            tensors.add(new TensorInfo(name, StoredType.F32, dims));
        });
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, tensors, new ModelMetadata(args).toMetadata())) {
            for (TensorInfo info : tensors) {
                ByteBuffer b = ByteBuffer.allocate((int) info.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
                weights.read(info.name(), 0, b.asFloatBuffer());
                writer.write(info.name(), b);
            }
            writer.commit();
        }
    }
}
