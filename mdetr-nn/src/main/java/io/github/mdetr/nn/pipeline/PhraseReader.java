package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.text.TokenPositions;
import io.github.mdetr.tokenizer.Encoding;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads from a query's distribution over tokens which words of the caption it speaks of. A token is meant when its
 * probability exceeds a share of the largest one of the caption's tokens; a word when any of its tokens is; neighbouring
 * words join when only white space parts them.
 */
final class PhraseReader {
    private final String caption;
    private final Encoding encoding;
    private final int[][] offsets;
    private final float share;
    private final List<Span> words;
    private final int tokens;

    PhraseReader(String caption, Encoding encoding, float share) {
        this.caption = caption;
        this.encoding = encoding;
        this.offsets = encoding.charOffsets();
        this.share = share;
        this.words = Words.of(caption);
        this.tokens = Math.min(encoding.length(), TokenPositions.COUNT);
    }

    /** The phrases of a query with probabilities {@code p} over 256 classes. */
    List<Phrase> read(float[] p) {
        float top = 0;
        for (int t = 0; t < tokens; t++) {
            top = encoding.isAroundText(t) ? top : Math.max(top, p[t]);
        }
        float limit = share * top;
        List<Phrase> phrases = new ArrayList<>();
        int previous = -2;
        for (int i = 0; i < words.size(); i++) {
            float best = highest(p, words.get(i), limit);
            if (best > limit) {
                add(phrases, words.get(i), best, previous == i - 1);
                previous = i;
            }
        }
        return phrases;
    }

    private void add(List<Phrase> phrases, Span word, float probability, boolean follows) {
        int begin = word.begin();
        float best = probability;
        if (follows) {
            Phrase last = phrases.get(phrases.size() - 1);
            if (Words.isBlank(caption, last.end(), begin)) {
                phrases.remove(phrases.size() - 1);
                begin = last.begin();
                best = Math.max(best, last.probability());
            }
        }
        phrases.add(new Phrase(begin, word.end(), caption.substring(begin, word.end()), best));
    }

    /** The highest probability above {@code limit} of a token that overlaps the word, or 0. */
    private float highest(float[] p, Span word, float limit) {
        float best = 0;
        for (int t = 0; t < tokens; t++) {
            boolean overlaps =
                    Math.max(encoding.charStart(t), word.begin()) < Math.min(encoding.charEnd(t), word.end());
            if (overlaps && !encoding.isAroundText(t) && p[t] > limit) {
                best = Math.max(best, p[t]);
            }
        }
        return best;
    }

    /** The highest probability on the tokens that a span covers, as when a positive map is made. */
    float score(float[] p, Span span) {
        TokenPositions.Range covered = TokenPositions.covered(offsets, span.begin(), span.end());
        float best = 0;
        for (int t = covered == null ? 0 : covered.first(); covered != null && t < covered.end(); t++) {
            best = Math.max(best, p[t]);
        }
        return best;
    }
}
