package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.nn.data.CodePointSpan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A caption that is being written, word by word. */
final class CaptionText {
    private final StringBuilder text = new StringBuilder();
    private final List<Mention> mentions = new ArrayList<>();

    /** Appends words, with a space before them unless they begin the text or are a mark. */
    CaptionText add(String words) {
        if (words.isEmpty()) {
            return this;
        }
        if (!text.isEmpty() && ",?".indexOf(words.charAt(0)) < 0) {
            text.append(' ');
        }
        text.append(words);
        return this;
    }

    /** Appends words that name objects. */
    CaptionText mention(String words, List<Integer> objects, Role role) {
        add(words);
        int end = text.codePointCount(0, text.length());
        int begin = end - words.codePointCount(0, words.length());
        mentions.add(new Mention(List.of(new CodePointSpan(begin, end)), objects, role));
        return this;
    }

    Caption done(CaptionKind kind, @Nullable String answer) {
        return new Caption(text.toString(), kind, mentions, answer);
    }
}
