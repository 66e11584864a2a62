package io.github.mdetr.nn.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image with one caption: an entry of {@code images} in the published format, and the annotations that name it.
 *
 * @param id its own in the file, a number or any text
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
        String id,
        String fileName,
        int width,
        int height,
        String caption,
        List<CodePointSpan> tokensNegative,
        List<List<CodePointSpan>> tokensPositiveEval,
        Source source,
        @Nullable Question question,
        List<Annotation> annotations) {
    private static final int LONGEST_NAME = 300;

    /** Copies the lists. */
    public CaptionedImage {
        tokensNegative = List.copyOf(tokensNegative);
        tokensPositiveEval = tokensPositiveEval.stream().map(List::copyOf).toList();
        annotations = List.copyOf(annotations);
    }

    /** With these annotations in place of its own. */
    public CaptionedImage withAnnotations(List<Annotation> others) {
        return new CaptionedImage(
                id, fileName, width, height, caption, tokensNegative, tokensPositiveEval, source, question, others);
    }

    /** With boxes as published, where its own are of another format. */
    public CaptionedImage withBoxesOf(BoxFormat format) {
        return format == BoxFormat.XYWH
                ? this
                : withAnnotations(annotations.stream()
                        .map(a -> format.published(a, width, height))
                        .toList());
    }

    /** What errors and logs call it: its id and file. */
    public String name() {
        String file = fileName.length() <= LONGEST_NAME
                ? fileName
                : "…" + fileName.substring(fileName.length() - LONGEST_NAME);
        return "image " + id + " (" + EntryProblem.oneLine(file) + ")";
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
