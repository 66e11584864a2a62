package io.github.mdetr.tokenizer;

/**
 * All that a tokenizer's files state.
 *
 * @param vocabulary tokens, merges and added tokens
 * @param addPrefixSpace whether a text that does not begin with a space is encoded as if it did
 * @param keepFirstSpace whether the span of a text's first token keeps its one leading space, which then is taken for the
 *     prefix space
 * @param trimOffsets whether spans leave out the spaces at tokens' ends
 * @param begin the token before a text
 * @param end the token after it
 * @param pad the token that fills up a batch
 */
record TokenizerDefinition(
        Vocabulary vocabulary,
        boolean addPrefixSpace,
        boolean keepFirstSpace,
        boolean trimOffsets,
        String begin,
        String end,
        String pad) {
    /** RoBERTa's own settings. */
    static TokenizerDefinition of(Vocabulary vocabulary) {
        return new TokenizerDefinition(
                vocabulary, false, false, true, VocabularyFiles.BEGIN, VocabularyFiles.END, VocabularyFiles.PAD);
    }

    /** Returns this with what the options switch on. */
    TokenizerDefinition with(TokenizerOptions options) {
        return new TokenizerDefinition(
                options.maskLstrip() ? vocabulary.withLstrip(VocabularyFiles.MASK) : vocabulary,
                addPrefixSpace || options.addPrefixSpace(),
                keepFirstSpace || options.addPrefixSpace(),
                trimOffsets,
                begin,
                end,
                pad);
    }
}
