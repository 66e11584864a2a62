package io.github.mdetr.nn.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a caption: runs of characters that are not white space, without the characters at their ends that are
 * neither letters nor digits nor marks on these. {@code "the dog's T-shirt, (red)."} has {@code the}, {@code dog's},
 * {@code T-shirt} and {@code red}; a run without letter or digit is no word.
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
        int begin = -1;
        int end = from;
        int c;
        for (int at = from; at < to; at += Character.charCount(c)) {
            c = caption.codePointAt(at);
            boolean letter = Character.isLetterOrDigit(c);
            begin = letter && begin < 0 ? at : begin;
            if (letter || (isMark(c) && begin >= 0 && end == at)) {
                end = at + Character.charCount(c);
            }
        }
        if (begin >= 0) {
            words.add(new Span(begin, end));
        }
    }

    /** Accents and vowel signs that stand for themselves: a word of many scripts ends in one. */
    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
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
