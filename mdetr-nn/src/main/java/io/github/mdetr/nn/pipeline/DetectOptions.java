package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.ResizePolicy;

/**
 * What to report of a detection.
 *
 * @param threshold lowest score, in [0, 1]
 * @param topK most detections for an image
 * @param phraseThreshold share of a box's highest token probability from which on a token counts as meant, in [0, 1]
 * @param resize the size that an image is brought to
 */
public record DetectOptions(float threshold, int topK, float phraseThreshold, ResizePolicy resize) {
    private static final DetectOptions DEFAULTS =
            new DetectOptions(0.7f, Integer.MAX_VALUE, 0.1f, ResizePolicy.evaluation());

    /** Checks the ranges. */
    public DetectOptions {
        unit("threshold", threshold);
        unit("phraseThreshold", phraseThreshold);
        if (topK < 1) {
            throw new IllegalArgumentException("topK: expected 1 or more, got " + topK);
        }
    }

    private static void unit(String name, float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + ": expected a value in [0, 1], got " + value);
        }
    }

    /** Scores above 0.7, phrases from a tenth of a box's highest probability on, the shorter side at 800 pixels. */
    public static DetectOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another lowest score. */
    public DetectOptions withThreshold(float value) {
        return new DetectOptions(value, topK, phraseThreshold, resize);
    }

    /** These options with another number of detections. */
    public DetectOptions withTopK(int value) {
        return new DetectOptions(threshold, value, phraseThreshold, resize);
    }

    /** These options with another share for phrases. */
    public DetectOptions withPhraseThreshold(float value) {
        return new DetectOptions(threshold, topK, value, resize);
    }

    /** These options with another size for images. */
    public DetectOptions withResize(ResizePolicy value) {
        return new DetectOptions(threshold, topK, phraseThreshold, value);
    }
}
