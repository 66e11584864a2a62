package io.github.mdetr.nn.text;

/**
 * A part of a caption with tokens that no box can point to.
 *
 * @param begin its first character
 * @param end behind its last character
 * @param lastToken index of its last token, {@value TokenPositions#COUNT} or more
 */
public record ClippedSpan(int begin, int end, int lastToken) {
    private static final int SHOWN = 40;

    /** What to tell the user, on one line. */
    public String warning(String caption) {
        return "span [" + begin + ", " + end + ") of caption \"" + excerpt(caption) + "\": its last token is "
                + lastToken + ", and boxes can point to tokens 0 to " + (TokenPositions.COUNT - 1)
                + "; those behind are left out";
    }

    private static String excerpt(String caption) {
        int[] shown = caption.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .toArray();
        String text = new String(shown, 0, shown.length);
        return text.length() < caption.length() ? text + "…" : text;
    }
}
