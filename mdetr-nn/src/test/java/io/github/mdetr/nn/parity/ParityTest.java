package io.github.mdetr.nn.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.GoldenCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole model against the published implementation's numbers, on every backend and built for either mode. */
class ParityTest {
    static Stream<Arguments> tiny() {
        return GoldenCases.backends()
                .flatMap(backend -> GoldenCases.TINY.stream()
                        .flatMap(name -> Stream.of(Mode.values()).map(mode -> Arguments.of(backend, name, mode))));
    }

    @ParameterizedTest
    @MethodSource("tiny")
    void tinyCasesAgree(String backend, String name, Mode mode) {
        GoldenCases.on(
                backend, () -> assertAgrees(new ParityRunner(mode, Precision.FLOAT32).run(GoldenCases.tiny(name))));
    }

    static Stream<Arguments> otherBackbones() {
        return GoldenCases.backends()
                .flatMap(backend -> Stream.of("tiny-resnet34", "tiny-effb3")
                        .flatMap(name -> Stream.of(Mode.values()).map(mode -> Arguments.of(backend, name, mode))));
    }

    @ParameterizedTest
    @MethodSource("otherBackbones")
    void otherBackbonesAgreeWithTheReferenceOfThisProject(String backend, String name, Mode mode) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = ParityCase.read(GoldenCases.resource("/model"), name);
            assertAgrees(new ParityRunner(mode, Precision.FLOAT32).run(parity));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"r50-base", "r101-base", "effb3-base", "effb5-base"})
    void fullSizeCasesAgree(String name) throws IOException {
        ParityCase parity = fullSize(name);
        GoldenCases.on("onednn", () -> assertAgrees(new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(parity)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r50-base", "r101-base", "effb3-base", "effb5-base"})
    void inBfloat16FullSizeCasesAreAsNearAsPyTorchIs(String name) throws IOException {
        assertAgreesInBfloat16(fullSize(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "tiny-contrastive-isfinal"})
    void inBfloat16TinyCasesAreAsNearAsPyTorchIs(String name) throws IOException {
        Assumptions.assumeTrue(Backends.available().contains("onednn"), "onednn alone computes in bfloat16");
        assertAgreesInBfloat16(GoldenCases.tiny(name));
    }

    private static void assertAgreesInBfloat16(ParityCase parity) {
        GoldenCases.on("onednn", () -> {
            String refusal = Device.current().refusal(DType.BFLOAT16);
            Assumptions.assumeTrue(refusal == null, refusal);
            assertAgrees(new ParityRunner(Mode.INFERENCE, Precision.BFLOAT16).run(parity));
        });
    }

    private static ParityCase fullSize(String name) throws IOException {
        Path folder = GoldenCases.shared().orElse(null);
        Assumptions.assumeTrue(
                folder != null && Files.exists(folder.resolve(name + ".json")),
                "no shared/golden folder with " + name + "; give -Dmdetr.golden=DIR");
        Assumptions.assumeTrue(
                Backends.available().contains("onednn"), "full-size models are checked on the onednn backend alone");
        return ParityCase.read(folder, name);
    }

    private static void assertAgrees(ParityResult result) {
        assertEquals(List.of(), result.failures(), result.name());
        assertEquals(ParityResult.Status.PASSED, result.status(), result.reason());
    }

    @Test
    void anOutputThatTheModelLacksFails(@TempDir Path folder) throws IOException {
        // the plain case's model beside the expected outputs of the one with more heads
        Path resources = GoldenCases.resource("/golden");
        Files.copy(resources.resolve("tiny.json"), folder.resolve("mixed.json"));
        Files.copy(resources.resolve("tiny-contrastive-isfinal.safetensors"), folder.resolve("mixed.safetensors"));
        GoldenCases.on("reference", () -> {
            ParityResult result =
                    new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(ParityCase.read(folder, "mixed"));
            assertEquals(ParityResult.Status.FAILED, result.status());
            List<String> failed =
                    result.failures().stream().map(OutputDifference::output).toList();
            assertTrue(
                    failed.containsAll(List.of("pred_isfinal", "img_pooled_op", "text_pooled_op", "mask")),
                    failed::toString);
        });
    }

    @Test
    void aModelThatCannotBeMadeFailsWithItsReason(@TempDir Path folder) throws IOException {
        Path resources = GoldenCases.resource("/golden");
        String json = Files.readString(resources.resolve("tiny.json"));
        Files.writeString(
                folder.resolve("wrong.json"), json.replaceFirst("\"num_queries\": ?12", "\"num_queries\": 13"));
        Files.copy(resources.resolve("tiny.safetensors"), folder.resolve("wrong.safetensors"));
        assertEquals(List.of("wrong"), ParityCase.names(folder));
        ParityResult result = new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(ParityCase.read(folder, "wrong"));
        assertEquals(ParityResult.Status.FAILED, result.status());
        assertTrue(result.reason().contains("num_queries: stated as 13, but the weights have 12"), result.reason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config | 5 | 'config': expected an object, got 5",
                "text_encoder | [] | 'text_encoder': expected an object, got []",
                "images | 5 | 'images': expected an array, got 5",
                "images | [{\"key\":\"a\",\"shape\":[3]}] | 'images': expected shapes of 3, height and width",
                "images | [{\"key\":\"a\",\"shape\":[3,-1,5]}] | 'images': expected shapes of 3, height and width",
                "images | [{\"key\":\"a\",\"shape\":[3,70000,70000],\"base\":0,\"amp\":1}] | 1 images of 70000x70000",
                "images | [{\"key\":\"a\",\"shape\":[3,8,8],\"base\":\"x\",\"amp\":1}] | 'base': expected a number, got \"x\"",
                "input_ids | [[1,2],[3]] | pad all to one length",
                "input_ids | [[1099511627776]] | 'input_ids': expected integers of 32 bits, got 1099511627776",
                "input_ids | [[1.5]] | 'input_ids': expected integers of 32 bits, got 1.5",
                "attention_mask | null | no 'attention_mask'",
                "offsets | [] | 'offsets': expected those of 2 captions",
                "offsets | [[[0]],[[0]]] | 'offsets': expected 2 integers, got [0]",
                "targets | 7 | 'targets': expected an array, got 7",
            })
    void valuesOfAnotherKindAreNamed(String key, String value, String expected, @TempDir Path folder)
            throws IOException {
        ParityCase parity = ParityCase.read(changed(folder, key, value), "changed");
        GoldenCases.on("reference", () -> {
            try (Scope scope = Scope.open()) {
                String message = assertThrows(IllegalArgumentException.class, () -> {
                            parity.config();
                            parity.positiveMap();
                            parity.input();
                        })
                        .getMessage();
                assertTrue(message.contains(expected), message);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "parameters | null | no 'parameters'",
                "parameters | {} | 'parameters': expected an array, got {}",
                "parameters | [{\"name\":[],\"shape\":[1]}] | 'name': expected a text or a number, got []",
                "parameters | [{\"name\":\"a\",\"shape\":[-1]}] | parameter 'a': expected a shape of at most",
                "parameters | [{\"name\":\"a\",\"shape\":[2147483647,2147483647,2147483647]}] | parameter 'a': expected a",
                "parameters | [{\"name\":\"a\",\"shape\":[\"b\"]}] | 'shape': expected integers of 32 bits, got \"b\"",
            })
    void aCaseThatCannotBeReadSaysWhere(String key, String value, String expected, @TempDir Path folder)
            throws IOException {
        Path changed = changed(folder, key, value);
        String message = assertThrows(IllegalArgumentException.class, () -> ParityCase.read(changed, "changed"))
                .getMessage();
        assertTrue(message.startsWith(changed.resolve("changed.json") + ": "), message);
        assertTrue(message.contains(expected), message);
    }

    /** The tiny case with another value at a key. */
    private static Path changed(Path folder, String key, String value) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path resources = GoldenCases.resource("/golden");
        ObjectNode json =
                (ObjectNode) mapper.readTree(resources.resolve("tiny.json").toFile());
        json.set(key, mapper.readTree(value));
        mapper.writeValue(folder.resolve("changed.json").toFile(), json);
        Files.copy(resources.resolve("tiny.safetensors"), folder.resolve("changed.safetensors"));
        return folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-gqa", "tiny-segm", "effb3-segm"})
    void whatIsNotBuiltIsSkippedWithItsReason(String name) throws IOException {
        Path folder = GoldenCases.shared().orElse(null);
        Assumptions.assumeTrue(folder != null && Files.exists(folder.resolve(name + ".json")), "no " + name);
        ParityResult result = new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(ParityCase.read(folder, name));
        assertEquals(ParityResult.Status.SKIPPED, result.status());
        assertTrue(result.reason().contains("not built yet"), result.reason());
    }
}
