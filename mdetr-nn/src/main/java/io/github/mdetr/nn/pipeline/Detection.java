package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.box.PixelBox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A found object.
 *
 * @param query which of the model's queries found it
 * @param score 1 − {@code noObject}
 * @param noObject probability that the query found nothing
 * @param isFinal probability that the caption asks for this object and not only names it on the way (CLEVR-Ref+); null
 *     for models without that head
 * @param box where, in pixels of the image as it was given
 * @param phrases what the caption calls it, in the caption's order; empty when it speaks of no word
 * @param spans scores of the spans asked for, in their order
 */
public record Detection(
        int query,
        float score,
        float noObject,
        @Nullable Float isFinal,
        PixelBox box,
        List<Phrase> phrases,
        List<SpanScore> spans) {
    /** Copies the lists. */
    public Detection {
        phrases = List.copyOf(phrases);
        spans = List.copyOf(spans);
    }
}
