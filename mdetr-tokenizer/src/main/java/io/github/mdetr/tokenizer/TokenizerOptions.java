package io.github.mdetr.tokenizer;

/**
 * What {@code vocab.json} and {@code merges.txt} leave open. Each option only switches something on: what a {@code
 * tokenizer.json} states stays on without it.
 *
 * @param addPrefixSpace whether a text that does not begin with a space is encoded as if it did, so that its first word
 *     gets the same token as later ones. MDETR's text encoder was trained without.
 * @param maskLstrip whether {@code <mask>} takes the white space before it, as in RoBERTa's published {@code
 *     tokenizer.json}
 */
public record TokenizerOptions(boolean addPrefixSpace, boolean maskLstrip) {
    /** Nothing but what the files state. */
    public static final TokenizerOptions DEFAULT = new TokenizerOptions(false, false);

    /** Returns these options with another {@code addPrefixSpace}. */
    public TokenizerOptions withPrefixSpace(boolean add) {
        return new TokenizerOptions(add, maskLstrip);
    }

    /** Returns these options with another {@code maskLstrip}. */
    public TokenizerOptions withMaskLstrip(boolean strip) {
        return new TokenizerOptions(addPrefixSpace, strip);
    }
}
