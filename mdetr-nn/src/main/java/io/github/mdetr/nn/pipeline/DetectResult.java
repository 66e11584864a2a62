package io.github.mdetr.nn.pipeline;

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
}
