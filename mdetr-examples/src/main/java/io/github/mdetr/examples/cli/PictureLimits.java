package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.image.ImageReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How large the picture files may be that a command reads. */
final class PictureLimits {
    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "Largest width·height of a picture file. Default: 100000000.")
    @Nullable
    Long maxPixels;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            description = "Largest picture file, in bytes. Default: 268435456.")
    @Nullable
    Long maxBytes;

    /**
     * The reader with these limits.
     *
     * @throws IllegalArgumentException when one is not above 0
     */
    ImageReader apply(ImageReader reader) {
        return reader.withMaxPixels(checked("--max-pixels", maxPixels, reader.maxPixels()))
                .withMaxBytes(checked("--max-bytes", maxBytes, reader.maxBytes()));
    }

    private static long checked(String option, @Nullable Long value, long byDefault) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(option + ": expected 1 or more, got " + value);
        }
        return value == null ? byDefault : value;
    }

    /** A message of the library names its setting; the same with the option's name. */
    static String named(String message) {
        return message.replace("InputLimits.maxImageTokens", "--max-image-tokens")
                .replace("ImageReader's maxPixels", "--max-pixels")
                .replace("ImageReader's maxBytes", "--max-bytes");
    }
}
