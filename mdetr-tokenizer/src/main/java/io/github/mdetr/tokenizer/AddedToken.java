package io.github.mdetr.tokenizer;

/**
 * A token that is found in the text as written, before anything else, and never split or merged: {@code <mask>} and its
 * like. The fields are those of {@code added_tokens} in a {@code tokenizer.json}.
 *
 * @param content the text that it matches
 * @param id its id
 * @param singleWord matches only where no word character stands next to it
 * @param lstrip takes the white space on its left into the match
 * @param rstrip takes the white space on its right into the match
 * @param normalized matched after the tokens that are not; RoBERTa has no normalizer, so it means nothing else
 * @param special left out by {@code decode} when special tokens are skipped
 */
public record AddedToken(
        String content,
        int id,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {
    /** The id of a token that has none yet. */
    static final int NO_ID = -1;

    /** A special token that matches exactly its content. */
    public static AddedToken special(String content, int id) {
        return new AddedToken(content, id, false, false, false, false, true);
    }

    /** Returns this token with another {@code id} and {@code special}. */
    AddedToken with(int newId, boolean isSpecial) {
        return new AddedToken(content, newId, singleWord, lstrip, rstrip, normalized, isSpecial);
    }

    /** Returns this token with another {@code lstrip}. */
    public AddedToken withLstrip(boolean value) {
        return new AddedToken(content, id, singleWord, value, rstrip, normalized, special);
    }
}
