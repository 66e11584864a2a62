package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.nn.data.CodePointSpan;
import java.util.List;

/**
 * Words of a caption and the objects that they name.
 *
 * @param spans the words, without article and number
 * @param objects indices into the scene's objects, ascending; none when the words name nothing in the scene
 * @param role what it is for
 */
public record Mention(List<CodePointSpan> spans, List<Integer> objects, Role role) {
    /** Copies the lists. */
    public Mention {
        spans = List.copyOf(spans);
        objects = List.copyOf(objects);
    }
}
