package io.github.mdetr.examples.server;

import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read.
 *
 * @param image as it is shown
 * @param caption what to look for; null when phrases are given
 * @param phrases what to look for each by itself
 * @param options what to report
 * @param notes what is wrong with the image that was read all the same, a line each
 */
public record DetectCall(
        RgbImage image, @Nullable String caption, List<String> phrases, DetectOptions options, List<String> notes) {
    /** Copies the lists. */
    public DetectCall {
        phrases = List.copyOf(phrases);
        notes = List.copyOf(notes);
    }
}
