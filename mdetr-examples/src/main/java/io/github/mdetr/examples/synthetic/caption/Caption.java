package io.github.mdetr.examples.synthetic.caption;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text about a scene.
 *
 * @param text the text
 * @param kind what sort it is
 * @param mentions the words that name objects, in the text's order
 * @param answer to a question: yes or no, a number from 0 to 10, or the word of an attribute; else null
 */
public record Caption(
        String text,
        CaptionKind kind,
        List<Mention> mentions,
        @Nullable String answer) {
    /** Copies the list. */
    public Caption {
        mentions = List.copyOf(mentions);
    }

    /** The objects that it asks for, ascending: one for a referring expression. */
    public List<Integer> targets() {
        return mentions.stream()
                .filter(m -> m.role() == Role.TARGET)
                .flatMap(m -> m.objects().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
