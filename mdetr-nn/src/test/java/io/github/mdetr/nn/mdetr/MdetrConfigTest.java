package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import org.junit.jupiter.api.Test;

/** The presets against what the paper and the published recipes say of the models. */
class MdetrConfigTest {
    private static final TransformerConfig TRANSFORMER = new TransformerConfig(256, 8, 6, 6, 2048, 0.1f);

    @Test
    void pretrained() {
        assertEquals(
                new MdetrConfig(
                        BackboneType.RESNET50,
                        false,
                        PositionType.SINE,
                        TRANSFORMER,
                        100,
                        new RobertaConfig(50265, 768, 12, 12, 3072, 514, 1e-5f, 0.1f),
                        true,
                        false,
                        64,
                        false),
                MdetrConfig.pretrained(BackboneType.RESNET50));
    }

    @Test
    void clevr() {
        assertEquals(
                new MdetrConfig(
                        BackboneType.RESNET18,
                        false,
                        PositionType.SINE,
                        TRANSFORMER,
                        25,
                        new RobertaConfig(50265, 768, 6, 12, 3072, 514, 1e-5f, 0.1f),
                        true,
                        false,
                        64,
                        false),
                MdetrConfig.clevr());
    }
}
