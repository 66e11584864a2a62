package io.github.mdetr.nn.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a caption: runs of characters that are not white space, without the characters at their ends that are
 * neither letters nor digits. {@code "the dog's T-shirt, (red)."} has {@code the}, {@code dog's}, {@code T-shirt} and
 * {@code red}; a run without letter or digit is no word.
 */
final class Words {
    private Words() {}

    /** Every word's span, in order. */
    static List<Span> of(String caption) {
        List<Span> words = new ArrayList<>();
        int at = 0;
        while (at < caption.length()) {
            int end = at;
            while (end < caption.length() && !isSpace(caption.codePointAt(end))) {
                end += Character.charCount(caption.codePointAt(end));
            }
            addTrimmed(caption, at, end, words);
            at = end == caption.length() ? end : end + Character.charCount(caption.codePointAt(end));
        }
        return words;
    }

    private static void addTrimmed(String caption, int from, int to, List<Span> words) {
        int begin = from;
        int end = to;
        while (begin < end && !Character.isLetterOrDigit(caption.codePointAt(begin))) {
            begin += Character.charCount(caption.codePointAt(begin));
        }
        while (begin < end && !Character.isLetterOrDigit(caption.codePointBefore(end))) {
            end -= Character.charCount(caption.codePointBefore(end));
        }
        if (begin < end) {
            words.add(new Span(begin, end));
        }
    }

    /** Whether nothing but white space lies between two positions. */
    static boolean isBlank(String caption, int from, int to) {
        return caption.substring(from, to).codePoints().allMatch(Words::isSpace);
    }

    /** White space of Java or of Unicode: no-break spaces too. */
    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
