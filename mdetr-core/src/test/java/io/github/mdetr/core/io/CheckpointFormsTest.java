package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files in the forms that other programs save: PyTorch and safetensors wrote them, all around the same three tensors. */
class CheckpointFormsTest {
    private static final Path FORMS = TestFiles.resource("forms");

    private static JsonNode expected() throws IOException {
        return new ObjectMapper().readTree(FORMS.resolve("expected.json").toFile());
    }

    /** All but those that are refused. */
    static Stream<String> readable() throws IOException {
        try (Stream<Path> files = Files.list(FORMS)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("refused") && !name.equals("zipped-twice.zip"))
                    .filter(name -> !name.equals("expected.json"))
                    .sorted()
                    .toList();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("readable")
    void theWeightsAreTheSameInEveryForm(String name) throws Exception {
        Hostile.bounded(FORMS.resolve(name), () -> {
            try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve(name))) {
                TensorSource model = checkpoint.model();
                JsonNode expected = expected();
                Set<String> names = new HashSet<>(model.names());
                if (name.equals("twins.safetensors")) {
                    return null; // of other names; below
                }
                assertEquals(names(expected), names);
                for (String tensor : names) {
                    assertEquals(values(expected.get(tensor)), TestFiles.texts(model, tensor), tensor);
                    assertEquals(
                            expected.get(tensor).get("shape").toString(),
                            Arrays.toString(model.info(tensor).shape()).replace(" ", ""));
                }
            }
            return null;
        });
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new HashSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> values(JsonNode tensor) {
        List<String> values = new ArrayList<>();
        tensor.get("values").forEach(value -> values.add(Double.toString(value.asDouble())));
        return values;
    }

    private static List<String> notes(String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve(name))) {
            return checkpoint.notes(Checkpoint.MODEL);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefix-module.pth | 'module.' is left out at the beginning of 3 names",
                "prefix-compiled.pth | wrappers of compiled or sharded modules are left out of 3 names",
                "prefix-deep.pth | 'detector.mdetr.' is left out",
                "below-state_dict.pth | the weights are below 'state_dict'",
                "below-own-key.pth | the weights are below 'detector'",
                "criterion.pth | 1 tensors that are no weights of the model are passed over, such as 'criterion.empty_weight'",
                "lightning.ckpt | the arguments are those below 'hyper_parameters.args'",
                "only-model_ema.pth | only the moving average of the weights, which is taken",
                "only-ema.pth | the moving average of the weights is below 'ema'",
                "whole.pth | a whole module, 'detector.network.Mdetr'; its parameters and buffers are taken",
                "own-dict.pth | a dict of the class 'training.tools.StateDict'",
                "twins.safetensors | 1 tensors that were left out since others have their values",
                "shards-safetensors | in 2 files, by model.safetensors.index.json",
                "zipped-deflated.zip | it was zipped once more",
            })
    void whatWasDoneIsTold(String name, String note) throws Exception {
        List<String> notes = notes(name);
        assertTrue(notes.stream().anyMatch(n -> n.contains(note)), () -> "expected " + note + " among " + notes);
    }

    @Test
    void aPublishedFileHasNothingToTell() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("golden/zip.pth"))) {
            assertEquals(List.of(), checkpoint.notes(Checkpoint.MODEL));
            assertEquals(List.of(), checkpoint.passedOver());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "beside-numpy.pth | numpy.ndarray | before.array",
                "beside-times.pth | datetime.datetime | before.now",
                "beside-times.pth | uuid.UUID | before.uuid",
                "beside-classes.pth | training.tools.Meter | before.meter",
                "beside-torch.pth | torch.optim.adamw.AdamW | before.optimizer",
                "beside-containers.pth | item whose key is neither text nor a number | before.tuples",
                "beside-all-bare.pth | decimal.Decimal | _extra_state.decimal",
            })
    void objectsArePassedOverByTheirClasses(String name, String type, String first) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve(name))) {
            Map<String, String> found =
                    checkpoint.passedOver().stream().collect(Collectors.toMap(PassedOver::type, PassedOver::first));
            assertEquals(first, found.get(type), () -> type + " among " + found);
        }
    }

    @Test
    void whatIsPlainNextToTheWeightsIsRead() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("beside-containers.pth"))) {
            assertEquals(1L, checkpoint.entries().get("after"));
            Map<?, ?> before = (Map<?, ?>) checkpoint.entries().get("before");
            assertEquals(Map.of("a", List.of(1L)), before.get("default"));
            assertEquals(List.of(1L, 2L), before.get("deque"));
            assertEquals(Map.of("b", 4L), before.get("tuples"));
            assertEquals(Map.of("a", 2L, "b", 1L), before.get("counter"));
        }
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("lightning.ckpt"))) {
            assertEquals(Map.of("nheads", 8L), checkpoint.args());
        }
    }

    @Test
    void weightsAndTheirAverageAreToldApart() throws Exception {
        for (String name : List.of("with-ema.pth", "averages-inside.pth")) {
            try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve(name))) {
                assertEquals(Set.of("model", "model_ema"), checkpoint.sections());
                assertEquals(
                        names(expected()),
                        checkpoint.section(Checkpoint.MODEL_EMA).names());
            }
        }
    }

    @Test
    void aTensorThatWasLeftOutAsATwinHasItsValues() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("twins.safetensors"))) {
            TensorSource model = checkpoint.model();
            assertEquals(
                    Set.of("twin", "class_embed_weight", "query_embed_weight", "bbox_embed_layers_0_bias"),
                    model.names());
            List<String> values = values(expected().get("class_embed.weight"));
            assertEquals(values, TestFiles.texts(model, "twin"));
            assertEquals(values, TestFiles.texts(model, "class_embed_weight"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused-sparse.pth | torch._utils._rebuild_sparse_tensor",
                "refused-meta.pth | one on the device 'meta', which has none",
                "refused-complex.pth | torch.ComplexFloatStorage",
                "refused-float8.pth | torch.float8_e4m3fn",
                "refused-own.pth | training.tools.Mine",
            })
    void aTensorThatDependsOnAnUnknownObjectIsAnErrorThatNamesBoth(String name, String object) throws Exception {
        Path file = FORMS.resolve(name);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            String message = assertThrows(CheckpointFormatException.class, checkpoint::model)
                    .getMessage();
            assertTrue(message.startsWith(file + ": ") && message.contains("tensor 'depends'"), message);
            assertTrue(message.contains(object), message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "top, bbox_embed.layers.0.bias",
        "model, bbox_embed.layers.0.bias",
        "nested, state_dict.module.bbox_embed.layers.0.bias",
        "own-key, bbox_embed.layers.0.bias",
        "lightning, model.bbox_embed.layers.0.bias",
    })
    void anObjectInThePlaceOfAWeightIsAnErrorThatNamesBoth(String name, String tensor) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("refused-weight-" + name + ".pth"))) {
            assertNamesBoth(tensor, assertThrows(CheckpointFormatException.class, checkpoint::model));
        }
    }

    @ParameterizedTest
    @CsvSource({"ema, query_embed.weight", "average, ema_model.query_embed.weight"})
    void anObjectInTheMovingAverageConcernsThatAlone(String name, String tensor) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("refused-weight-" + name + ".pth"))) {
            assertEquals(names(expected()), checkpoint.model().names());
            assertNamesBoth(
                    tensor,
                    assertThrows(CheckpointFormatException.class, () -> checkpoint.section(Checkpoint.MODEL_EMA)));
        }
    }

    private static void assertNamesBoth(String tensor, CheckpointFormatException e) {
        String message = e.getMessage();
        assertTrue(message.contains("tensor '" + tensor + "'"), message);
        assertTrue(message.contains("got 'training.tools.Quantized'"), message);
    }

    @Test
    void anObjectInThePlaceOfABufferThatNoModelNeedsIsPassedOver() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(FORMS.resolve("beside-buffers.pth"))) {
            assertEquals(names(expected()), checkpoint.model().names());
            assertEquals(
                    List.of(new PassedOver("training.tools.Meter", 3, "model.bn.num_batches_tracked")),
                    checkpoint.passedOver());
        }
    }

    @Test
    void aFileThatWasZippedTwiceMoreIsRefused() throws Exception {
        Hostile.assertRejected(FORMS.resolve("zipped-twice.zip"), "one that was zipped twice more", "unpack");
    }
}
