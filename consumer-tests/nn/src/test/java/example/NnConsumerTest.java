package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.nn.transformer.TransformerConfig;
import org.junit.jupiter.api.Test;

/** A small model with the oneDNN backend that this project adds, and no ND4J backend. */
class NnConsumerTest {
    @Test
    void runsAModel() {
        MdetrConfig config = MdetrConfig.builder()
                .backbone(BackboneType.RESNET18)
                .transformer(new TransformerConfig(32, 4, 1, 1, 64, 0))
                .queries(5)
                .textEncoder(new RobertaConfig(100, 24, 1, 4, 48, 66, 1e-5f, 0))
                .build();
        try (Scope scope = Scope.open();
                MdetrModel model = MdetrModel.fresh(config, 1, Mode.INFERENCE)) {
            MdetrInput input = new MdetrInput(
                    Tensor.zeros(1, 64, 96, 3),
                    ImagePadding.none(1, 64, 96),
                    new TokenBatch(new int[][] {{0, 5, 6, 2}}, new int[][] {{1, 1, 1, 1}}));
            try (MdetrOutput output = model.forward(input)) {
                assertEquals("[1, 5, 4]", output.boxes().shape().toString());
            }
        }
        assertEquals("onednn", Device.current().name());
        assertEquals(0, Device.current().memory().blocks());
    }
}
