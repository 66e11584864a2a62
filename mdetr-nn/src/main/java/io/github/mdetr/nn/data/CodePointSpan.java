package io.github.mdetr.nn.data;

/**
 * Part of a caption, in Unicode code points, as the published data counts: what Java counts differs behind an emoji.
 *
 * @param begin first code point
 * @param end the one after the last
 */
public record CodePointSpan(int begin, int end) {
    /** Checks the order; whether it lies in the caption is for who uses both. */
    public CodePointSpan {
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException(
                    "span [" + begin + ", " + end + "): expected 0 or more, and an end not before the begin");
        }
    }
}
