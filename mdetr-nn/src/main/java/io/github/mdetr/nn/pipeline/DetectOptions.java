package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.ResizePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to report of a detection.
 *
 * @param threshold lowest score, in [0, 1]
 * @param topK most detections for an image
 * @param phraseThreshold share of a box's highest token probability above which a token counts as meant, in [0, 1)
 * @param resize the size that an image is brought to; null: the one that the model was trained for
 *     ({@link Mdetr#evaluationResize})
 * @param timeout how long a call may take, waiting for others included, before it is given up; null: as long as it takes
 */
public record DetectOptions(
        float threshold,
        int topK,
        float phraseThreshold,
        @Nullable ResizePolicy resize,
        @Nullable Duration timeout) {
    private static final DetectOptions DEFAULTS = new DetectOptions(0.7f, Integer.MAX_VALUE, 0.1f, null, null);

    /** Checks the ranges. */
    public DetectOptions {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold: expected a value in [0, 1], got " + threshold);
        }
        if (!(phraseThreshold >= 0 && phraseThreshold < 1)) {
            throw new IllegalArgumentException(
                    "phraseThreshold: expected a value in [0, 1), above which tokens can be, got " + phraseThreshold);
        }
        if (topK < 1) {
            throw new IllegalArgumentException("topK: expected 1 or more, got " + topK);
        }
        if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
            throw new IllegalArgumentException("timeout: expected a time above 0, got " + timeout);
        }
    }

    /** Scores above 0.7, phrases above a tenth of a box's highest probability, the model's size of images. */
    public static DetectOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another lowest score. */
    public DetectOptions withThreshold(float value) {
        return new DetectOptions(value, topK, phraseThreshold, resize, timeout);
    }

    /** These options with another number of detections. */
    public DetectOptions withTopK(int value) {
        return new DetectOptions(threshold, value, phraseThreshold, resize, timeout);
    }

    /** These options with another share for phrases. */
    public DetectOptions withPhraseThreshold(float value) {
        return new DetectOptions(threshold, topK, value, resize, timeout);
    }

    /** These options with another size for images; null: the model's. */
    public DetectOptions withResize(@Nullable ResizePolicy value) {
        return new DetectOptions(threshold, topK, phraseThreshold, value, timeout);
    }

    /** These options with another time that a call may take; null: as long as it takes. */
    public DetectOptions withTimeout(@Nullable Duration value) {
        return new DetectOptions(threshold, topK, phraseThreshold, resize, value);
    }
}
