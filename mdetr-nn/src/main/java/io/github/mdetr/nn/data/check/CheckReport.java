package io.github.mdetr.nn.data.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in a file of annotations, and how often something was found to be wrong.
 *
 * @param entries images with a caption
 * @param files different images among them
 * @param turned different images that are turned as their EXIF says, since annotations are drawn so
 * @param widths of the entries' images in pixels, as the file says
 * @param heights likewise
 * @param characters of the captions, in code points
 * @param tokens of the captions, {@code <s>} and {@code </s>} among them; null without a tokenizer
 * @param objects of the captions, crowds among them
 * @param objectCount all objects
 * @param crowds how many of them stand for a crowd
 * @param finals how many are final (CLEVR-Ref+)
 * @param spans all spans of objects
 * @param questions entries with an answer
 * @param phrases the most frequent words of spans in small letters, with how often they come, by frequency
 * @param found how often each kind was found
 */
public record CheckReport(
        int entries,
        int files,
        int turned,
        Spread widths,
        Spread heights,
        Spread characters,
        @Nullable Spread tokens,
        Spread objects,
        long objectCount,
        long crowds,
        long finals,
        long spans,
        long questions,
        List<Map.Entry<String, Long>> phrases,
        Map<FindingKind, Long> found) {
    /** Copies. */
    public CheckReport {
        phrases = List.copyOf(phrases);
        found = Map.copyOf(found);
    }

    /** The number of findings that are errors. */
    public long errors() {
        return count(true);
    }

    /** The number of findings that may be meant. */
    public long notes() {
        return count(false);
    }

    private long count(boolean errors) {
        return found.entrySet().stream()
                .filter(e -> e.getKey().isError() == errors)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
