package io.github.mdetr.examples.cli;

import io.github.mdetr.core.parameter.Precision;
import picocli.CommandLine.Option;

/** What a model computes in. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "f32",
            description = "What products and convolutions compute in: f32, or bf16 where the processor can."
                    + " Default: ${DEFAULT-VALUE}.")
    private String name = Precision.FLOAT32.label();

    Precision value() {
        return Precision.of(name);
    }
}
