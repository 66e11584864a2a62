package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.pipeline.Span;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a caption as {@code --span} gives it: {@code BEGIN:END}, or the words themselves. */
final class SpanOption {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

    private SpanOption() {}

    /**
     * The span.
     *
     * @throws IllegalArgumentException when it is empty, or not in the caption
     */
    static Span parse(String text, String caption) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            int begin = Integer.parseInt(range.group(1));
            int end = Integer.parseInt(range.group(2));
            if (begin >= end || end > caption.length()) {
                throw new IllegalArgumentException("--span " + text + ": expected BEGIN < END, both within the "
                        + caption.length() + " UTF-16 units of the caption");
            }
            return new Span(begin, end);
        }
        int begin = caption.indexOf(text);
        if (text.isEmpty() || begin < 0) {
            throw new IllegalArgumentException(
                    "--span \"" + text + "\": expected BEGIN:END or words that stand in the caption");
        }
        return new Span(begin, begin + text.length());
    }
}
