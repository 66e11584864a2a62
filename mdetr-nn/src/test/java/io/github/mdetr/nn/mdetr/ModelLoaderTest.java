package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.file.Path;
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
