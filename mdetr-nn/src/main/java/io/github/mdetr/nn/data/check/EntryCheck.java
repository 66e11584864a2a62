package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.text.TokenPositions;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One entry: its boxes and spans. */
final class EntryCheck {
    /** Boxes are often rounded to whole pixels; so much beyond the border is nothing. */
    private static final float TOLERANCE = 1;

    private static final int QUOTED = 60;
    private static final int REPLACEMENT = 0xFFFD;

    private final CaptionedImage entry;
    private final int[] caption;
    private final int @Nullable [][] offsets;
    private final Consumer<Finding> findings;

    /**
     * An entry.
     *
     * @param offsets of its tokens, in code points; null where tokens are not looked at
     */
    EntryCheck(CaptionedImage entry, int @Nullable [][] offsets, Consumer<Finding> findings) {
        this.entry = entry;
        this.caption = entry.caption().codePoints().toArray();
        this.offsets = offsets;
        this.findings = findings;
    }

    void run() {
        if (entry.annotations().isEmpty()) {
            found(FindingKind.NO_OBJECTS, "no annotations; caption \"" + quoted(0, caption.length) + "\"");
        }
        int number = 0;
        for (Annotation a : entry.annotations()) {
            // Where the file gives no id, which annotation of the image it is.
            String name = a.id() == 0 ? "annotation " + number + " of this image" : "annotation " + a.id();
            number++;
            if (!a.crowd()) {
                box(a, name);
            }
            if (a.tokensPositive().isEmpty()) {
                found(FindingKind.NO_WORDS, name + ": no words name it (tokens_positive)");
            }
            for (CodePointSpan span : a.tokensPositive()) {
                span(span, name + ": span ", true);
            }
        }
        entry.tokensNegative().forEach(span -> span(span, "tokens_negative: span ", false));
        entry.tokensPositiveEval().forEach(p -> p.forEach(span -> span(span, "tokens_positive_eval: span ", false)));
    }

    private void found(FindingKind kind, String what) {
        findings.accept(new Finding(kind, what));
    }

    private void box(Annotation a, String name) {
        String box = name + ": box [" + number(a.x()) + ", " + number(a.y()) + ", " + number(a.width()) + ", "
                + number(a.height()) + "]";
        String image = " the image of " + entry.width() + "x" + entry.height();
        float beyond = Math.max(
                Math.max(-a.x(), -a.y()),
                Math.max(a.x() + a.width() - entry.width(), a.y() + a.height() - entry.height()));
        // In floats, as they are learned: at 100 a width of 1e-7 is none.
        if (!(a.x() + a.width() > a.x() && a.y() + a.height() > a.y())) {
            found(FindingKind.BOX_EMPTY, box + ": expected [x, y, width, height] with width and height above 0");
        } else if (a.x() >= entry.width()
                || a.y() >= entry.height()
                || a.x() + a.width() <= 0
                || a.y() + a.height() <= 0) {
            found(FindingKind.BOX_OUTSIDE, box + " lies outside" + image);
        } else if (beyond > TOLERANCE) {
            found(
                    FindingKind.BOX_BEYOND,
                    box + " reaches " + number(beyond) + " pixels beyond" + image
                            + "; expected [x, y, width, height], not the corners");
        }
    }

    private static String number(float value) {
        if (Math.abs(value) >= 1e9f) {
            return Float.toString(value);
        }
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private void span(CodePointSpan span, String name, boolean learned) {
        String text = name + "[" + span.begin() + ", " + span.end() + ")";
        if (span.end() > caption.length) {
            found(
                    FindingKind.SPAN_OUTSIDE,
                    text + (span.begin() < caption.length ? " \"" + quoted(span.begin(), caption.length) + "\"" : "")
                            + ": expected an end of at most " + caption.length + ", the caption's characters");
            return;
        }
        if (span.begin() == span.end()) {
            found(FindingKind.SPAN_EMPTY, text + ": expected one character or more");
            return;
        }
        String quote = text + " \"" + quoted(span.begin(), span.end()) + "\"";
        if (isInWord(span.begin()) || isInWord(span.end())) {
            int from = span.begin();
            while (isInWord(from)) {
                from--;
            }
            int to = span.end();
            while (isInWord(to)) {
                to++;
            }
            found(FindingKind.SPAN_IN_WORD, quote + " is a part of \"" + quoted(from, to) + "\"");
        }
        if (offsets != null && learned) {
            tokens(span, quote);
        }
    }

    private void tokens(CodePointSpan span, String quote) {
        TokenPositions.Range tokens = TokenPositions.covered(Objects.requireNonNull(offsets), span.begin(), span.end());
        if (tokens == null || tokens.last() < tokens.first()) {
            found(FindingKind.SPAN_WITHOUT_TOKEN, quote + ": begins or ends on no token");
        } else if (tokens.isClipped()) {
            found(
                    FindingKind.SPAN_TOO_FAR,
                    quote + ": its last token is " + tokens.last() + "; boxes can point to tokens 0 to "
                            + (TokenPositions.COUNT - 1));
        }
    }

    /** Whether a position lies between two letters or digits. */
    private boolean isInWord(int position) {
        return position > 0
                && position < caption.length
                && Character.isLetterOrDigit(caption[position - 1])
                && Character.isLetterOrDigit(caption[position]);
    }

    private String quoted(int from, int to) {
        int end = Math.min(to, from + QUOTED);
        StringBuilder text = new StringBuilder();
        for (int i = from; i < end; i++) {
            boolean half = caption[i] >= Character.MIN_SURROGATE && caption[i] <= Character.MAX_SURROGATE;
            text.appendCodePoint(Character.isISOControl(caption[i]) ? ' ' : half ? REPLACEMENT : caption[i]);
        }
        return end < to ? text + "…" : text.toString();
    }
}
