package io.github.mdetr.nn.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * What was found in one image. Sizes and boxes are those of the image that was given, which a reader may have turned upright
 * ({@link io.github.mdetr.nn.image.ImageReader.Mode}).
 *
 * @param width the image's width in pixels
 * @param height the image's height in pixels
 * @param caption the caption
 * @param detections best score first
 * @param warnings what the user should know, a line each
 */
public record DetectResult(int width, int height, String caption, List<Detection> detections, List<String> warnings) {
    /** Copies the lists. */
    public DetectResult {
        detections = List.copyOf(detections);
        warnings = List.copyOf(warnings);
    }

    /** The same result with more warnings, such as those of whoever read the image, before its own. */
    public DetectResult withWarnings(List<String> more) {
        List<String> all = new ArrayList<>(more);
        all.addAll(warnings);
        return new DetectResult(width, height, caption, detections, all);
    }
}
