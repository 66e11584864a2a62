package io.github.mdetr.nn.mdetr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.nn.transformer.TransformerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final MdetrConfig TINY = MdetrConfig.builder()
            .backbone(BackboneType.RESNET18)
            .transformer(new TransformerConfig(64, 4, 2, 3, 128, 0.1f))
            .queries(12)
            .textEncoder(new RobertaConfig(1024, 48, 2, 4, 96, 130, 1e-5f, 0.1f))
            .build();

    private static Map<String, Shape> shapes(String name) throws IOException {
        return new LinkedHashMap<>(GoldenCases.tiny(name).weights().shapes());
    }

    private static String error(Map<String, ?> stated, Map<String, Shape> shapes) {
        return assertThrows(IllegalArgumentException.class, () -> ConfigReader.read("model.pth", stated, shapes))
                .getMessage();
    }

    private static final Map<String, Object> ENOUGH = Map.of("nheads", 4, "text_encoder.num_attention_heads", 4);

    @Test
    void shapesTellAllButHeadsAndDilation() throws IOException {
        assertEquals(TINY, ConfigReader.read("model.pth", ENOUGH, shapes("tiny")));
        MdetrConfig more = ConfigReader.read("model.pth", ENOUGH, shapes("tiny-contrastive-isfinal"));
        assertEquals(TINY.toBuilder().contrastive(true).isFinal(true).build(), more);
    }

    @Test
    void aBottleneckNetworkNeedsItsDilationStated() throws IOException {
        String message = error(ENOUGH, shapes("tiny-dc5-learned"));
        assertTrue(message.startsWith("model.pth: dilation: "), message);
        assertTrue(message.contains("give the option dilation"), message);
        Map<String, Object> stated = new HashMap<>(ENOUGH);
        stated.put("dilation", true);
        MdetrConfig config = ConfigReader.read("model.pth", stated, shapes("tiny-dc5-learned"));
        assertEquals(
                TINY.toBuilder()
                        .backbone(BackboneType.RESNET50)
                        .dilation(true)
                        .positions(PositionType.LEARNED)
                        .build(),
                config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timm_tf_efficientnet_b3_ns",
                "efficientnet_b3",
                "tf_efficientnet_b3_ns",
                "tf_efficientnet_b3.ns_jft_in1k"
            })
    void anEfficientNetIsToldByItsShapesAndKnownByEachOfItsNames(String name) throws IOException {
        Map<String, Shape> shapes = new LinkedHashMap<>(ParityCase.read(GoldenCases.resource("/model"), "tiny-effb3")
                .weights()
                .shapes());
        MdetrConfig expected =
                TINY.toBuilder().backbone(BackboneType.EFFICIENTNET_B3).build();
        assertEquals(expected, ConfigReader.read("model.pth", ENOUGH, shapes));
        Map<String, Object> stated = new HashMap<>(ENOUGH);
        stated.put("backbone", name);
        assertEquals(expected, ConfigReader.read("model.pth", stated, shapes));
        stated.put("backbone", "timm_tf_efficientnet_b5_ns");
        String message = error(stated, shapes);
        assertTrue(
                message.contains(
                        "backbone: stated as timm_tf_efficientnet_b5_ns, but the weights have timm_tf_efficientnet_b3_ns"),
                message);
        shapes.keySet().removeIf(weight -> weight.startsWith("backbone.0.body.blocks.4.4."));
        message = error(ENOUGH, shapes);
        assertTrue(
                message.contains("the backbone has [2, 3, 3, 5, 4, 6, 2] blocks after a stem of 40 channels, as none of"
                        + " [resnet18, "),
                message);
    }

    @Test
    void whatNothingTellsIsNamed() throws IOException {
        String message = error(Map.of(), shapes("tiny"));
        assertTrue(message.contains("give the option nheads (8 in the published models)"), message);
        assertTrue(message.contains("give the option text_encoder_type (roberta-base"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backbone|resnet50|backbone: stated as resnet50, but the weights have resnet18",
                "position_embedding|learned|position_embedding: stated as learned, but the weights have sine",
                "text_encoder_type|roberta-base|text_encoder.hidden_size: stated as 768, but the weights have 48",
                "hidden_act|relu|text_encoder.hidden_act: expected gelu, got relu",
            })
    void aContradictoryNameIsReported(String name, String value, String expected) throws IOException {
        Map<String, Object> stated = new HashMap<>(ENOUGH);
        stated.put(name.equals("hidden_act") ? "text_encoder.hidden_act" : name, value);
        String message = error(stated, shapes("tiny"));
        assertTrue(message.contains(expected), message);
    }

    @ParameterizedTest
    @CsvSource({
        "hidden_dim, 256, 64",
        "enc_layers, 6, 2",
        "dec_layers, 6, 3",
        "dim_feedforward, 2048, 128",
        "num_queries, 100, 12",
        "contrastive_loss_hdim, 32, 64"
    })
    void aContradictoryNumberIsReported(String name, int stated, int found) throws IOException {
        Map<String, Object> all = new HashMap<>(ENOUGH);
        all.put(name, stated);
        String message = error(all, shapes("tiny"));
        assertTrue(message.contains(name + ": stated as " + stated + ", but the weights have " + found), message);
    }

    @ParameterizedTest
    @CsvSource({
        "contrastive_loss, true",
        "contrastive_align_loss, false",
        "predict_final, true",
        "dilation, true",
        "pre_norm, true",
        "pass_pos_and_query, false"
    })
    void aContradictoryFlagIsReported(String name, boolean value) throws IOException {
        Map<String, Object> all = new HashMap<>(ENOUGH);
        all.put(name, value);
        String message = error(all, shapes("tiny"));
        assertTrue(message.contains(name), message);
    }

    @Test
    void allContradictionsAreReportedAtOnce() throws IOException {
        Map<String, Object> all = new HashMap<>(ENOUGH);
        all.put("hidden_dim", "wide");
        all.put("num_queries", 100);
        all.put("nheads", 5);
        String message = error(all, shapes("tiny"));
        assertTrue(message.contains("hidden_dim: expected a number, got wide"), message);
        assertTrue(message.contains("num_queries: stated as 100"), message);
        assertTrue(message.contains("nheads: 5 attention heads do not divide the width 64"), message);
    }

    @Test
    void weightsOfAnotherModelAreRefused() {
        String message = error(Map.of(), Map.of("conv1.weight", Shape.of(64, 3, 7, 7)));
        assertTrue(message.contains("does not hold an MDETR"), message);
        assertTrue(message.contains("but 1 tensors such as conv1.weight"), message);
        assertTrue(error(Map.of(), Map.of()).contains("but no tensors at all"));
        assertTrue(error(Map.of(), Map.of("qa_embed.weight", Shape.of(6, 64))).contains("QA heads are not built yet"));
    }

    /** Names cost a hostile file little: they are looked at once, and as many layers as they name are not made. */
    @Test
    void layersWithoutEndAreRefusedAtOnce() throws IOException {
        Map<String, Shape> shapes = shapes("tiny");
        for (int i = 0; i < 200_000; i++) {
            shapes.put("transformer.decoder.layers." + i + ".x", Shape.of(0));
        }
        shapes.put("transformer.decoder.layers.9999999999.x", Shape.of(0));
        shapes.put("transformer.decoder.layers.x", Shape.of(0));
        String message = assertTimeout(Duration.ofSeconds(20), () -> error(ENOUGH, shapes));
        assertTrue(message.contains("decoderLayers must be 1 to 1000, got 200000"), message);
    }

    @Test
    void whatIsOutOfRangeIsToldWithItsFile() throws IOException {
        Map<String, Object> wrong =
                Map.of("dropout", 7, "text_encoder.layer_norm_eps", 0, "position_embedding", "polar");
        for (String name : wrong.keySet()) {
            Map<String, Object> stated = new HashMap<>(ENOUGH);
            stated.put(name, wrong.get(name));
            String message = error(stated, shapes("tiny"));
            assertTrue(message.startsWith("model.pth: "), message);
            assertEquals(message.indexOf("model.pth"), message.lastIndexOf("model.pth"), message);
        }
    }

    /** Its shapes tell its width, as a file of a fresh model has them; whether it is dilated must be stated. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNarrowNetworkIsToldByItsWidth(boolean dilated) {
        MdetrConfig narrow = TINY.toBuilder()
                .backbone(BackboneType.RESNET18_HALF)
                .dilation(dilated)
                .build();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        GoldenCases.on("reference", () -> {
            try (MdetrModel model = MdetrModel.fresh(narrow, 1, Mode.FULL_TRAINING)) {
                model.parameters().all().forEach(p -> shapes.put(p.name(), p.shape()));
            }
        });
        assertEquals(Shape.of(256, 256, 3, 3), shapes.get("backbone.0.body.layer4.1.conv2.weight"));
        assertEquals(narrow, ConfigReader.read("model.pth", ConfigArguments.of(narrow), shapes));
        assertTrue(error(ENOUGH, shapes).contains("give the option dilation"));
        Map<String, Object> stated = new HashMap<>(ConfigArguments.of(narrow));
        stated.put("backbone", "resnet18");
        assertTrue(
                error(stated, shapes).contains("backbone: stated as resnet18, but the weights have resnet18_half"),
                error(stated, shapes));
        shapes.put("backbone.0.body.conv1.weight", Shape.of(48, 3, 7, 7));
        assertTrue(
                error(ENOUGH, shapes).contains("has [2, 2, 2, 2] blocks after a stem of 48 channels, as none of"),
                error(ENOUGH, shapes));
    }

    @Test
    void anUnknownBackboneIsRefused() throws IOException {
        Map<String, Shape> shapes = shapes("tiny");
        shapes.put("backbone.0.body.layer3.2.conv1.weight", Shape.of(256, 256, 3, 3));
        String message = error(ENOUGH, shapes);
        assertTrue(message.contains("the backbone has [2, 2, 3, 2] blocks after a stem of 64 channels"), message);
    }

    @Test
    void ourArgumentsReadBack() throws IOException {
        for (String name : GoldenCases.TINY) {
            MdetrConfig config = GoldenCases.tiny(name).config();
            assertEquals(config, ConfigReader.read("ours", ConfigArguments.of(config), shapes(name)));
        }
    }

    @Test
    void ourArgumentsAreTheDecimalsThatTrainingWasGiven() {
        Map<String, Object> arguments = ConfigArguments.of(TINY);
        assertEquals(0.1, arguments.get("dropout"));
        Map<String, Object> text = ConfigArguments.of(TINY.textEncoder());
        assertEquals(text, arguments.get("text_encoder"));
        assertEquals(0.1, text.get("hidden_dropout_prob"));
        assertEquals(1e-5, text.get("layer_norm_eps"));
    }
}
