package io.github.mdetr.nn.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object in an image and the words of the caption that name it.
 *
 * @param id its own in the file, a number or any text; null where the file gives none
 * @param x left edge in pixels
 * @param y upper edge in pixels
 * @param width in pixels; as it stands in the file, also where it is degenerate
 * @param height in pixels
 * @param area in pixels, of the object rather than the box; 0 where the file gives none
 * @param crowd whether it stands for a crowd
 * @param tokensPositive spans of the caption
 * @param isFinal whether it is what the expression means, not what it mentions on the way (CLEVR-Ref+)
 * @param segmentation its pixels; null where the file gives none
 */
public record Annotation(
        @Nullable String id,
        float x,
        float y,
        float width,
        float height,
        float area,
        boolean crowd,
        List<CodePointSpan> tokensPositive,
        boolean isFinal,
        @Nullable Segmentation segmentation) {
    /** Copies the list. */
    public Annotation {
        tokensPositive = List.copyOf(tokensPositive);
    }
}
