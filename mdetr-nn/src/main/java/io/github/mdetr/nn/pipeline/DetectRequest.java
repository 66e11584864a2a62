package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.RgbImage;
import java.util.List;

/**
 * An image and what to look for in it.
 *
 * @param image the image
 * @param caption the text that names things in it
 * @param spans parts of the caption to score for each box
 */
public record DetectRequest(RgbImage image, String caption, List<Span> spans) {
    /**
     * Checks the caption and its spans.
     *
     * @throws IllegalArgumentException when the caption is blank or a span lies outside it
     */
    public DetectRequest {
        spans = List.copyOf(spans);
        if (Words.isBlank(caption, 0, caption.length())) {
            throw new IllegalArgumentException("caption: expected a text that names something, got an empty one");
        }
        for (Span s : spans) {
            if (s.end() > caption.length()) {
                throw new IllegalArgumentException("span [" + s.begin() + ", " + s.end() + "): expected it within the "
                        + caption.length() + " chars of the caption");
            }
        }
    }

    /** A request without spans to score. */
    public static DetectRequest of(RgbImage image, String caption) {
        return new DetectRequest(image, caption, List.of());
    }

    /** This request with spans to score. */
    public DetectRequest withSpans(List<Span> value) {
        return new DetectRequest(image, caption, value);
    }
}
