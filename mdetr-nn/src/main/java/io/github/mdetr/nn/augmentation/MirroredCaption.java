package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.data.CodePointSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A caption as it is true of the mirror image: the words left and right exchanged, with leftmost, left-hand and their like,
 * and the spans moved along. Words that merely contain them stay (bright, leftover), unlike in the published code, which
 * replaces letters wherever they stand.
 */
public final class MirroredCaption {
    private static final Map<String, String> OPPOSITES = opposites();

    private final String text;

    /** Of each exchanged word, in code points: where it began, where it ended, where it begins and ends now. */
    private final List<int[]> moved;

    private MirroredCaption(String text, List<int[]> moved) {
        this.text = text;
        this.moved = moved;
    }

    private static Map<String, String> opposites() {
        Map<String, String> words = new HashMap<>();
        for (String ending : List.of("", "most", "hand", "handed", "side", "ward", "wards")) {
            words.put("left" + ending, "right" + ending);
            words.put("right" + ending, "left" + ending);
        }
        return Map.copyOf(words);
    }

    /** The mirrored form of a caption. */
    public static MirroredCaption of(String caption) {
        int[] points = caption.codePoints().toArray();
        StringBuilder out = new StringBuilder(caption.length() + 8);
        List<int[]> moved = new ArrayList<>();
        int length = 0; // of out, in code points
        int from = 0;
        while (from < points.length) {
            int to = from;
            while (to < points.length && (Character.isLetterOrDigit(points[to]) || points[to] == '_')) {
                to++;
            }
            to = Math.max(to, from + 1); // no word: a character by itself
            String word = new String(points, from, to - from);
            String opposite = opposite(word);
            int end = length + opposite.codePointCount(0, opposite.length());
            if (!opposite.equals(word)) {
                moved.add(new int[] {from, to, length, end});
            }
            out.append(opposite);
            length = end;
            from = to;
        }
        return new MirroredCaption(out.toString(), moved);
    }

    /** The other word, written as this one is: small, Capitalized or IN CAPITALS. */
    private static String opposite(String word) {
        String opposite = OPPOSITES.get(word.toLowerCase(Locale.ROOT));
        if (opposite == null) {
            return word;
        }
        if (word.equals(word.toUpperCase(Locale.ROOT))) {
            return opposite.toUpperCase(Locale.ROOT);
        }
        return Character.isUpperCase(word.charAt(0))
                ? Character.toUpperCase(opposite.charAt(0)) + opposite.substring(1)
                : opposite;
    }

    /** The mirrored caption. */
    public String text() {
        return text;
    }

    /** Where a span of the caption lies in the mirrored one. */
    public CodePointSpan map(CodePointSpan span) {
        return new CodePointSpan(map(span.begin()), map(span.end()));
    }

    private int map(int position) {
        int shift = 0;
        for (int[] word : moved) {
            if (position <= word[0]) {
                break;
            }
            if (position < word[1]) { // within a word: as far from its beginning, at most at its end
                return Math.min(word[2] + position - word[0], word[3]);
            }
            shift = word[3] - word[1];
        }
        return position + shift;
    }
}
