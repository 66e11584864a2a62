package io.github.mdetr.tokenizer;

/**
 * How a text is encoded. {@link #DEFAULT} adds {@code <s>} and {@code </s>} and never truncates:
 *
 * <pre>{@code
 * tokenizer.encode(caption, EncodeOptions.DEFAULT.withMaxLength(256));
 * }</pre>
 *
 * @param addSpecialTokens whether {@code <s>} stands before the text's tokens and {@code </s>} after them
 * @param maxLength the most tokens to keep, {@code <s>} and {@code </s>} included; the text's last ones are dropped
 */
public record EncodeOptions(boolean addSpecialTokens, int maxLength) {
    /** The {@code maxLength} that keeps everything. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** With {@code <s>} and {@code </s>}, and not truncated. */
    public static final EncodeOptions DEFAULT = new EncodeOptions(true, UNLIMITED);

    /**
     * Checks the options.
     *
     * @throws IllegalArgumentException if {@code maxLength} leaves no room for {@code <s>} and {@code </s>}
     */
    public EncodeOptions {
        int least = addSpecialTokens ? 2 : 0;
        if (maxLength < least) {
            throw new IllegalArgumentException("maxLength " + maxLength + " is too small: expected at least " + least
                    + (addSpecialTokens ? ", the room of <s> and </s>" : ""));
        }
    }

    /** Returns these options with another {@code addSpecialTokens}. */
    public EncodeOptions withSpecialTokens(boolean add) {
        return new EncodeOptions(add, maxLength);
    }

    /** Returns these options with truncation to {@code length} tokens. */
    public EncodeOptions withMaxLength(int length) {
        return new EncodeOptions(addSpecialTokens, length);
    }
}
