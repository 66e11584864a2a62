package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.pipeline.InputLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How large an image may be when it goes into the model. */
final class InputLimitOption {
    @Option(
            names = "--max-image-tokens",
            paramLabel = "N",
            description =
                    "Most tokens of an image as the model sees it: one for 32×32 pixels (16×16 where the backbone is"
                            + " dilated). Time grows with their square. Default: 16384, of serve 5000.")
    private @Nullable Long maxImageTokens;

    /**
     * The limits, the library's by default.
     *
     * @throws IllegalArgumentException when the number is not above 0
     */
    InputLimits value() {
        return value(InputLimits.defaults().maxImageTokens());
    }

    /**
     * The limits.
     *
     * @param byDefault tokens where none are asked for
     * @throws IllegalArgumentException when the number is not above 0
     */
    InputLimits value(long byDefault) {
        long asked = maxImageTokens == null ? byDefault : maxImageTokens;
        if (asked < 1) {
            throw new IllegalArgumentException("--max-image-tokens: expected 1 or more, got " + asked);
        }
        return InputLimits.defaults().withMaxImageTokens(asked);
    }
}
