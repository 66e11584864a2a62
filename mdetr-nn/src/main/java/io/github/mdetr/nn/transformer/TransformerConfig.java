package io.github.mdetr.nn.transformer;

/**
 * The sizes of the transformer.
 *
 * @param width D, features of a token or query
 * @param heads attention heads, a divisor of {@code width}
 * @param encoderLayers layers of the cross encoder
 * @param decoderLayers layers of the decoder
 * @param feedForward width of the feed-forward parts
 * @param dropout probability of dropping features and attention weights in training
 */
public record TransformerConfig(
        int width, int heads, int encoderLayers, int decoderLayers, int feedForward, float dropout) {
    /** Far beyond any model's; a file of names alone must not make layers without end. */
    private static final int MAX_LAYERS = 1000;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public TransformerConfig {
        require(width > 0, "width", "1 or more", width);
        require(heads > 0 && width % heads == 0, "heads", "a divisor of the width " + width, heads);
        require(encoderLayers > 0 && encoderLayers <= MAX_LAYERS, "encoderLayers", "1 to " + MAX_LAYERS, encoderLayers);
        require(decoderLayers > 0 && decoderLayers <= MAX_LAYERS, "decoderLayers", "1 to " + MAX_LAYERS, decoderLayers);
        require(feedForward > 0, "feedForward", "1 or more", feedForward);
        require(dropout >= 0 && dropout < 1, "dropout", "in [0, 1)", dropout);
    }

    private static void require(boolean condition, String name, String expected, Number got) {
        if (!condition) {
            throw new IllegalArgumentException("transformer: " + name + " must be " + expected + ", got " + got);
        }
    }
}
