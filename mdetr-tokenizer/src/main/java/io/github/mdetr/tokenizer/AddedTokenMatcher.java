package io.github.mdetr.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds added tokens in a text: the leftmost, and of those that begin there the longest.
 *
 * <p>The text is read backwards through an automaton of the reversed tokens (Aho and Corasick, 1975), which knows at each
 * position the longest token that begins there. Time is linear in the text, however long the tokens are.
 *
 * <p>The order of the rules (single word first, then the white space on either side, which belongs to the earlier match)
 * is that of Hugging Face {@code tokenizers}.
 */
final class AddedTokenMatcher {
    private static final int ROOT = 0;
    private static final int NONE = -1;

    private final boolean[] begins = new boolean[ByteAlphabet.SIZE];
    private final boolean[] ends = new boolean[ByteAlphabet.SIZE];
    private final Map<Long, Integer> children = new HashMap<>();
    private final List<Pattern> patterns = new ArrayList<>();

    /** For each node that of its longest proper suffix. */
    private final int[] suffix;

    /** For each node the longest token that ends there, or {@link #NONE}. */
    private final int[] longest;

    private record Pattern(AddedToken token, int length) {}

    AddedTokenMatcher(Collection<AddedToken> tokens) {
        List<byte[]> contents = new ArrayList<>();
        tokens.forEach(token -> contents.add(token.content().getBytes(StandardCharsets.UTF_8)));
        int room = 1 + contents.stream().mapToInt(content -> content.length).sum();
        int[] parents = new int[room];
        byte[] labels = new byte[room];
        int[] depths = new int[room];
        int[] last = new int[contents.size()];
        int nodes = 1;
        for (AddedToken token : tokens) {
            byte[] content = contents.get(patterns.size());
            begins[content[0] & 0xFF] = true;
            ends[content[content.length - 1] & 0xFF] = true;
            int node = ROOT;
            for (int i = content.length - 1; i >= 0; i--) {
                Integer child = children.putIfAbsent(edge(node, content[i]), nodes);
                if (child == null) {
                    child = nodes++;
                    parents[child] = node;
                    labels[child] = content[i];
                    depths[child] = content.length - i;
                }
                node = child;
            }
            last[patterns.size()] = node;
            patterns.add(new Pattern(token, content.length));
        }
        suffix = new int[nodes];
        longest = new int[nodes];
        Arrays.fill(longest, NONE);
        for (int i = 0; i < last.length; i++) {
            longest[last[i]] = i;
        }
        for (int node : byDepth(depths, nodes)) {
            if (depths[node] > 1) {
                suffix[node] = follow(suffix[parents[node]], labels[node]);
            }
            longest[node] = longest[node] == NONE ? longest[suffix[node]] : longest[node];
        }
    }

    /** All nodes, shallow ones first. */
    private static int[] byDepth(int[] depths, int nodes) {
        int[] begin = new int[nodes + 1];
        for (int node = 0; node < nodes; node++) {
            begin[depths[node] + 1]++;
        }
        for (int depth = 1; depth < begin.length; depth++) {
            begin[depth] += begin[depth - 1];
        }
        int[] order = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            order[begin[depths[node]]++] = node;
        }
        return order;
    }

    /** The node of the longest suffix of {@code from} followed by {@code b}. */
    private int follow(int from, byte b) {
        if (!ends[b & 0xFF] && from == ROOT) {
            return ROOT;
        }
        int node = from;
        while (true) {
            Integer child = children.get(edge(node, b));
            if (child != null) {
                return child;
            }
            if (node == ROOT) {
                return ROOT;
            }
            node = suffix[node];
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
        int[] longestAt = longestAt(utf8, from, to);
        int done = from;
        int i = from;
        while (i < to) {
            if (longestAt[i - from] == NONE) {
                i++;
                continue;
            }
            Pattern found = patterns.get(longestAt[i - from]);
            AddedToken token = found.token;
            int start = i;
            int end = i + found.length;
            i = end;
            if (token.singleWord() && !standsAlone(utf8, from, start, end, to)) {
                continue;
            }
            // What the match before has taken, white space included, is no longer there to take.
            start = Math.max(token.lstrip() ? whiteSpaceBefore(utf8, done, start) : start, done);
            end = Math.max(token.rstrip() ? whiteSpaceAfter(utf8, Math.max(end, done), to) : end, start);
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

    /** For each position from {@code from} on the longest token that begins there, or {@link #NONE}. */
    private int[] longestAt(byte[] utf8, int from, int to) {
        int[] found = new int[to - from];
        int node = ROOT;
        for (int i = to - 1; i >= from; i--) {
            node = follow(node, utf8[i]);
            found[i - from] = longest[node];
        }
        return found;
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
