package io.github.mdetr.nn.data;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.RgbImage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image to learn from, with what is said of it. Captions of one image share its way through the backbone.
 *
 * @param id what errors and logs call it
 * @param image as the model shall see it
 * @param captions one or more
 */
public record TrainingExample(String id, RgbImage image, List<ExampleCaption> captions) {
    /** Copies the list. */
    public TrainingExample {
        captions = List.copyOf(captions);
        if (captions.isEmpty()) {
            throw new IllegalArgumentException("training example " + id + ": expected at least one caption, got none");
        }
    }

    /**
     * A caption.
     *
     * @param text the caption
     * @param objects those that it names
     */
    public record ExampleCaption(String text, List<ExampleObject> objects) {
        /** Copies the list. */
        public ExampleCaption {
            objects = List.copyOf(objects);
        }
    }

    /**
     * An object that a caption names.
     *
     * @param box in pixels of the image
     * @param spans the words that name it
     * @param isFinal whether it is what is asked for; null where nothing says so
     */
    public record ExampleObject(
            PixelBox box,
            List<CodePointSpan> spans,
            @Nullable Boolean isFinal) {
        /** Copies the list. */
        public ExampleObject {
            spans = List.copyOf(spans);
        }
    }
}
