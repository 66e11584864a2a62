package io.github.mdetr.nn.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.nn.GoldenCases;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Losses, assignments, gradients and the optimizer's step of the reference cases, through the public criterion. */
class TrainingParityTest {
    /** In float64: in float32 it depends on the machine's rounding whether all of the figures are met. */
    @ParameterizedTest
    @FieldSource("io.github.mdetr.nn.GoldenCases#TINY")
    void aStepOfTrainingAgrees(String name) {
        GoldenCases.on(TrainingParity.EXACT_BACKEND, () -> {
            ParityResult result = new TrainingParity().run(GoldenCases.tiny(name));
            assertEquals(List.of(), result.failures(), result.name());
            assertEquals(ParityResult.Status.PASSED, result.status(), result.reason());
        });
    }
}
