package io.github.mdetr.nn.text;

import java.util.List;

/**
 * The sizes of a RoBERTa encoder (Liu et al. 2019), by the names of its published configuration.
 *
 * @param vocabularySize number of tokens
 * @param hiddenSize features of a token
 * @param layers number of transformer layers
 * @param heads attention heads, a divisor of {@code hiddenSize}
 * @param intermediateSize width of the feed-forward part
 * @param maxPositions rows of the position table; a text may have two tokens less
 * @param layerNormEps added to the variance
 * @param dropout probability of dropping features and attention weights in training
 */
public record RobertaConfig(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int heads,
        int intermediateSize,
        int maxPositions,
        float layerNormEps,
        float dropout) {
    /** The id of the padding token, whose position stays at this number too. */
    public static final int PADDING = 1;

    /** Far beyond any model's; a file of names alone must not make layers without end. */
    private static final int MAX_LAYERS = 1000;

    private static final int VOCABULARY = 50265;
    private static final int POSITIONS = 514;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public RobertaConfig {
        require(vocabularySize > PADDING, "vocabularySize", "more than " + PADDING, vocabularySize);
        require(hiddenSize > 0, "hiddenSize", "1 or more", hiddenSize);
        require(layers > 0 && layers <= MAX_LAYERS, "layers", "1 to " + MAX_LAYERS, layers);
        require(heads > 0 && hiddenSize % heads == 0, "heads", "a divisor of hiddenSize " + hiddenSize, heads);
        require(intermediateSize > 0, "intermediateSize", "1 or more", intermediateSize);
        require(maxPositions > PADDING + 1, "maxPositions", "more than " + (PADDING + 1), maxPositions);
        require(layerNormEps > 0, "layerNormEps", "above 0", layerNormEps);
        require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
    }

    private static void require(boolean condition, String name, String expected, Number got) {
        if (!condition) {
            throw new IllegalArgumentException("text encoder: " + name + " must be " + expected + ", got " + got);
        }
    }

    /** {@code roberta-base}: 12 layers of 768 features. */
    public static RobertaConfig base() {
        return new RobertaConfig(VOCABULARY, 768, 12, 12, 3072, POSITIONS, 1e-5f, 0.1f);
    }

    /** {@code roberta-large}: 24 layers of 1024 features. */
    public static RobertaConfig large() {
        return new RobertaConfig(VOCABULARY, 1024, 24, 16, 4096, POSITIONS, 1e-5f, 0.1f);
    }

    /** {@code distilroberta-base}: 6 layers of 768 features. */
    public static RobertaConfig distil() {
        return new RobertaConfig(VOCABULARY, 768, 6, 12, 3072, POSITIONS, 1e-5f, 0.1f);
    }

    /**
     * The configuration of that published name.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static RobertaConfig of(String name) {
        return switch (name) {
            case "roberta-base" -> base();
            case "roberta-large" -> large();
            case "distilroberta-base" -> distil();
            default ->
                throw new IllegalArgumentException("text encoder '" + name + "' is unknown: expected one of "
                        + List.of("roberta-base", "roberta-large", "distilroberta-base"));
        };
    }

    /** The most tokens that a text may have, {@code <s>} and {@code </s>} included. */
    public int maxTokens() {
        return maxPositions - PADDING - 1;
    }
}
