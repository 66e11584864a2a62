package io.github.mdetr.nn.pipeline;

/**
 * A part of a caption, in UTF-16 chars as {@link String#substring} counts.
 *
 * @param begin first char
 * @param end behind the last char
 */
public record Span(int begin, int end) {
    /** Checks the order. */
    public Span {
        if (begin < 0 || end <= begin) {
            throw new IllegalArgumentException(
                    "span [" + begin + ", " + end + "): expected 0 ≤ begin < end, in chars of the caption");
        }
    }
}
