package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.pipeline.InputLimits;
import picocli.CommandLine.Option;

/** How large an image may be when it goes into the model. */
final class InputLimitOption {
    @Option(
            names = "--max-image-tokens",
            paramLabel = "N",
            defaultValue = "16384",
            description =
                    "Most tokens of an image as the model sees it: one for 32×32 pixels (16×16 where the backbone is"
                            + " dilated). Time grows with their square. Default: ${DEFAULT-VALUE}.")
    private long maxImageTokens;

    /**
     * The limits.
     *
     * @throws IllegalArgumentException when the number is not above 0
     */
    InputLimits value() {
        if (maxImageTokens < 1) {
            throw new IllegalArgumentException("--max-image-tokens: expected 1 or more, got " + maxImageTokens);
        }
        return InputLimits.defaults().withMaxImageTokens(maxImageTokens);
    }
}
