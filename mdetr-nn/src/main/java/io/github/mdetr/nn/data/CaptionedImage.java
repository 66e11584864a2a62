package io.github.mdetr.nn.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image with one caption: an entry of {@code images} in the published format, and the annotations that name it.
 *
 * @param id its number in the file
 * @param fileName where the image lies below the folder of images
 * @param width in pixels
 * @param height in pixels
 * @param caption the caption
 * @param tokensNegative spans that name nothing in the image
 * @param tokensPositiveEval the phrases to be found in evaluation, each by its spans
 * @param source where the entry comes from
 * @param question what is asked, where the caption is a question; else null
 * @param annotations the objects, in the file's order
 */
public record CaptionedImage(
        long id,
        String fileName,
        int width,
        int height,
        String caption,
        List<CodePointSpan> tokensNegative,
        List<List<CodePointSpan>> tokensPositiveEval,
        Source source,
        @Nullable Question question,
        List<Annotation> annotations) {
    /** Copies the lists. */
    public CaptionedImage {
        tokensNegative = List.copyOf(tokensNegative);
        tokensPositiveEval = tokensPositiveEval.stream().map(List::copyOf).toList();
        annotations = List.copyOf(annotations);
    }

    /**
     * Where an entry comes from; null is what the file does not give.
     *
     * @param dataset {@code dataset_name}
     * @param originalId {@code original_id}
     * @param dataSource {@code data_source}: coco or vg in mixed files
     * @param originalImageId {@code original_img_id}
     * @param sentenceId {@code sentence_id}
     * @param taskId {@code task_id}
     */
    public record Source(
            @Nullable String dataset,
            @Nullable String originalId,
            @Nullable String dataSource,
            @Nullable String originalImageId,
            @Nullable String sentenceId,
            @Nullable String taskId) {}

    /**
     * A question about the image.
     *
     * @param id {@code questionId}; null where the file gives none
     * @param answer its answer
     * @param type {@code question_type}; null where the file gives none
     */
    public record Question(
            @Nullable String id, String answer, @Nullable String type) {}
}
