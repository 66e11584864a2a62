package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.mdetr.MemoryEstimate;

/**
 * How much may go into a model at once. Attention takes time quadratic in an image's tokens, and a model that sees images at
 * their own size gets as many as a sender likes; so they are counted before anything is resized or allocated. A batch is
 * bounded by the memory that it would take.
 *
 * @param maxImageTokens cells of an image's last feature map, with the padding to the largest of its batch: one for 32×32
 *     pixels, or for 16×16 where the backbone is dilated
 * @param maxBytes memory that the call would take at its peak, as {@link MemoryEstimate} has it, at most what the device may
 *     take
 */
public record InputLimits(long maxImageTokens, long maxBytes) {
    private static final InputLimits DEFAULTS = new InputLimits(16_384, Long.MAX_VALUE);

    /** Checks that both are positive. */
    public InputLimits {
        if (maxImageTokens < 1) {
            throw new IllegalArgumentException("maxImageTokens: expected 1 or more, got " + maxImageTokens);
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: expected 1 or more, got " + maxBytes);
        }
    }

    /**
     * 16,384 tokens, and as many bytes as the device may take. An image of the published size, 1333×800, has 1,050 tokens and
     * 4,200 where the backbone is dilated; one of 16 million pixels at its own size is just admitted.
     */
    public static InputLimits defaults() {
        return DEFAULTS;
    }

    /** These limits with another number of tokens. */
    public InputLimits withMaxImageTokens(long value) {
        return new InputLimits(value, maxBytes);
    }

    /** These limits with another number of bytes. */
    public InputLimits withMaxBytes(long value) {
        return new InputLimits(maxImageTokens, value);
    }

    /**
     * Refuses what goes beyond.
     *
     * @param estimate of what is to go into the model
     * @param cap most bytes that the device may take
     * @throws InputTooLargeException saying what it is, the limit, and what to do
     */
    void check(MemoryEstimate estimate, long cap) {
        ImageSize frame = estimate.frame();
        String what = (estimate.images() == 1 ? "an image of " : estimate.images() + " images in frames of ")
                + frame.width() + "×" + frame.height() + " pixels";
        if (estimate.imageTokens() > maxImageTokens) {
            throw new InputTooLargeException(what + " would be " + estimate.imageTokens() + " image tokens"
                    + (estimate.images() == 1 ? "" : " each") + ", the limit is " + maxImageTokens
                    + " (InputLimits.maxImageTokens); make the image smaller or raise it");
        }
        long most = Math.min(maxBytes, cap);
        if (estimate.bytes() > most) {
            throw new InputTooLargeException(what + " would take about " + (estimate.bytes() >> 20)
                    + " MiB in the model, the limit is " + (most >> 20) + " MiB ("
                    + (maxBytes <= cap ? "InputLimits.maxBytes" : "-Dmdetr.memory.cap")
                    + "); make the images smaller, take fewer at once, or raise it");
        }
    }
}
