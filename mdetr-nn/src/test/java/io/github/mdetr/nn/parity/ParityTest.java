package io.github.mdetr.nn.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
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

    @ParameterizedTest
    @MethodSource("io.github.mdetr.nn.GoldenCases#backends")
    void resNet34AgreesWithTheReferenceOfThisProject(String backend) {
        GoldenCases.on(backend, () -> {
            ParityCase parity = ParityCase.read(GoldenCases.resource("/model"), "tiny-resnet34");
            assertAgrees(new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(parity));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"r50-base", "r101-base"})
    void fullSizeCasesAgree(String name) throws IOException {
        ParityCase parity = fullSize(name);
        GoldenCases.on("onednn", () -> assertAgrees(new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(parity)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r50-base", "r101-base"})
    void inBfloat16FullSizeCasesAreAsNearAsPyTorchIs(String name) throws IOException {
        ParityCase parity = fullSize(name);
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
    @ValueSource(strings = {"tiny-gqa", "tiny-segm", "effb3-base"})
    void whatIsNotBuiltIsSkippedWithItsReason(String name) throws IOException {
        Path folder = GoldenCases.shared().orElse(null);
        Assumptions.assumeTrue(folder != null && Files.exists(folder.resolve(name + ".json")), "no " + name);
        ParityResult result = new ParityRunner(Mode.INFERENCE, Precision.FLOAT32).run(ParityCase.read(folder, name));
        assertEquals(ParityResult.Status.SKIPPED, result.status());
        assertTrue(result.reason().contains("not built yet"), result.reason());
    }
}
