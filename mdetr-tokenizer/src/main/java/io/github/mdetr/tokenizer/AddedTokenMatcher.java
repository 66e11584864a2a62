package io.github.mdetr.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds added tokens in a text: the leftmost, and of those that begin there the longest. A trie over UTF-8.
 *
 * <p>The order of the rules (single word first, then the white space on either side, which belongs to the earlier match)
 * is that of Hugging Face {@code tokenizers}.
 */
final class AddedTokenMatcher {
    private final boolean[] begins = new boolean[ByteAlphabet.SIZE];
    private final Map<Long, Integer> children = new HashMap<>();
    private final Map<Integer, Pattern> patterns = new HashMap<>();

    private record Pattern(AddedToken token, int length) {}

    AddedTokenMatcher(Collection<AddedToken> tokens) {
        int nodes = 1;
        for (AddedToken token : tokens) {
            byte[] content = token.content().getBytes(StandardCharsets.UTF_8);
            begins[content[0] & 0xFF] = true;
            int node = 0;
            for (byte b : content) {
                Integer child = children.putIfAbsent(edge(node, b), nodes);
                node = child == null ? nodes++ : child;
            }
            patterns.put(node, new Pattern(token, content.length));
        }
    }

    /** What a text is split into, in order and without gaps. */
    interface Sink {
        /** The text between two tokens, never empty. */
        void text(int from, int to);

        /** An added token, with the white space that it takes. */
        void token(AddedToken token, int from, int to);
    }

    /** Returns whether an added token could begin anywhere in the text; in most texts none can. */
    boolean mayOccurIn(byte[] utf8) {
        for (byte b : utf8) {
            if (begins[b & 0xFF]) {
                return true;
            }
        }
        return false;
    }

    /** Splits [from, to) of a text. */
    void split(byte[] utf8, int from, int to, Sink sink) {
        int done = from;
        int i = from;
        while (i < to) {
            Pattern found = begins[utf8[i] & 0xFF] ? longestAt(utf8, i, to) : null;
            if (found == null) {
                i++;
                continue;
            }
            AddedToken token = found.token;
            int start = i;
            int end = i + found.length;
            i = end;
            if (token.singleWord() && !standsAlone(utf8, from, start, end, to)) {
                continue;
            }
            // What the match before has taken, white space included, is no longer there to take.
            start = Math.max(token.lstrip() ? whiteSpaceBefore(utf8, from, start) : start, done);
            end = Math.max(token.rstrip() ? whiteSpaceAfter(utf8, end, to) : end, start);
            if (done < start) {
                sink.text(done, start);
            }
            sink.token(token, start, end);
            done = end;
        }
        if (done < to) {
            sink.text(done, to);
        }
    }

    private @Nullable Pattern longestAt(byte[] utf8, int from, int to) {
        Pattern longest = null;
        int node = 0;
        for (int i = from; i < to; i++) {
            Integer child = children.get(edge(node, utf8[i]));
            if (child == null) {
                break;
            }
            node = child;
            Pattern here = patterns.get(node);
            longest = here == null ? longest : here;
        }
        return longest;
    }

    private static int whiteSpaceBefore(byte[] utf8, int from, int end) {
        int start = end;
        while (start > from) {
            int before = Utf8.before(utf8, start);
            if (CharacterClasses.of(Utf8.codePointAt(utf8, before)) != CharacterClasses.SPACE) {
                break;
            }
            start = before;
        }
        return start;
    }

    private static int whiteSpaceAfter(byte[] utf8, int start, int to) {
        int end = start;
        while (end < to && CharacterClasses.of(Utf8.codePointAt(utf8, end)) == CharacterClasses.SPACE) {
            end += Utf8.lengthOf(utf8[end]);
        }
        return end;
    }

    private static boolean standsAlone(byte[] utf8, int from, int start, int end, int to) {
        boolean left = start > from && isWord(Utf8.codePointAt(utf8, Utf8.before(utf8, start)));
        boolean right = end < to && isWord(Utf8.codePointAt(utf8, end));
        return !left && !right;
    }

    /** A word character as Unicode Technical Standard 18, annex C, defines it. */
    private static boolean isWord(int codePoint) {
        if (Character.isAlphabetic(codePoint) || Character.isDigit(codePoint)) {
            return true;
        }
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.CONNECTOR_PUNCTUATION
                || codePoint == 0x200C
                || codePoint == 0x200D;
    }

    private static long edge(int node, byte b) {
        return ((long) node << 8) | (b & 0xFF);
    }
}
