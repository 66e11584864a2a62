package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.Segmentation;
import io.github.mdetr.nn.text.TokenPositions;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One entry: its boxes, spans and masks. In time linear in its length, however long its words and many its spans are. */
final class EntryCheck {
    /** What is said of the entry. */
    interface Found {
        void accept(FindingKind kind, @Nullable String annotation, String what);
    }

    /** Boxes are often rounded to whole pixels; so much beyond the border is nothing. */
    private static final float TOLERANCE = 1;

    private static final int QUOTED = 60;
    private static final int REPLACEMENT = 0xFFFD;

    private final CaptionedImage entry;
    private final int[] caption;
    private final int @Nullable [][] offsets;
    private final boolean boxes;
    private final Found found;

    /**
     * An entry.
     *
     * @param caption its code points
     * @param offsets of its tokens, in code points; null where tokens are not looked at
     * @param boxes whether boxes are looked at
     */
    EntryCheck(CaptionedImage entry, int[] caption, int @Nullable [][] offsets, boolean boxes, Found found) {
        this.entry = entry;
        this.caption = caption;
        this.offsets = offsets;
        this.boxes = boxes;
        this.found = found;
    }

    void run() {
        if (entry.caption().isBlank()) {
            found.accept(FindingKind.CAPTION_EMPTY, null, "the caption is empty");
        } else if (entry.annotations().isEmpty()) {
            found.accept(FindingKind.NO_OBJECTS, null, "no annotations; caption \"" + quoted(0, caption.length) + "\"");
        }
        int number = 0;
        for (Annotation a : entry.annotations()) {
            // Where the file gives no id, which annotation of the image it is.
            String name = a.id() == null ? "annotation " + number + " of this image" : "annotation " + a.id();
            number++;
            if (boxes && !a.crowd()) {
                box(a, name);
            }
            mask(a, name);
            if (a.tokensPositive().isEmpty()) {
                found.accept(FindingKind.NO_WORDS, a.id(), name + ": no words name it (tokens_positive)");
            }
            for (CodePointSpan span : a.tokensPositive()) {
                span(span, a.id(), name + ": span ", true);
            }
        }
        entry.tokensNegative().forEach(span -> span(span, null, "tokens_negative: span ", false));
        entry.tokensPositiveEval()
                .forEach(p -> p.forEach(span -> span(span, null, "tokens_positive_eval: span ", false)));
    }

    private void mask(Annotation a, String name) {
        int width = entry.width();
        int height = entry.height();
        if (a.segmentation() instanceof Segmentation.Runs runs) {
            width = runs.width();
            height = runs.height();
        } else if (a.segmentation() instanceof Segmentation.CompressedRuns runs) {
            width = runs.width();
            height = runs.height();
        }
        if (width != entry.width() || height != entry.height()) {
            found.accept(
                    FindingKind.MASK_SIZE,
                    a.id(),
                    name + ": segmentation of " + width + "x" + height + " pixels, expected " + entry.width() + "x"
                            + entry.height() + " as the image");
        }
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
            found.accept(
                    FindingKind.BOX_EMPTY,
                    a.id(),
                    box + ": expected [x, y, width, height] with width and height above 0");
        } else if (a.x() >= entry.width()
                || a.y() >= entry.height()
                || a.x() + a.width() <= 0
                || a.y() + a.height() <= 0) {
            found.accept(FindingKind.BOX_OUTSIDE, a.id(), box + " lies outside" + image);
        } else if (beyond > TOLERANCE) {
            found.accept(FindingKind.BOX_BEYOND, a.id(), box + " reaches " + number(beyond) + " pixels beyond" + image);
        } else if (a.x() >= 0
                && a.y() >= 0
                && a.x() + a.width() <= 1
                && a.y() + a.height() <= 1
                && (a.width() < 1 || a.height() < 1)) {
            found.accept(FindingKind.BOX_TINY, a.id(), box + " is a part of the first pixel");
        }
    }

    private static String number(float value) {
        if (Math.abs(value) >= 1e9f) {
            return Float.toString(value);
        }
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private void span(CodePointSpan span, @Nullable String annotation, String name, boolean learned) {
        String text = name + "[" + span.begin() + ", " + span.end() + ")";
        if (span.end() > caption.length) {
            found.accept(
                    FindingKind.SPAN_OUTSIDE,
                    annotation,
                    text + (span.begin() < caption.length ? " \"" + quoted(span.begin(), caption.length) + "\"" : "")
                            + ": expected an end of at most " + caption.length + ", the caption's characters");
            return;
        }
        if (span.begin() == span.end()) {
            found.accept(FindingKind.SPAN_EMPTY, annotation, text + ": expected one character or more");
            return;
        }
        String quote = text + " \"" + quoted(span.begin(), span.end()) + "\"";
        if (isInWord(span.begin()) || isInWord(span.end())) {
            int from = span.begin();
            while (isInWord(from) && span.begin() - from < QUOTED) {
                from--;
            }
            int to = span.end();
            while (isInWord(to) && to - span.end() < QUOTED) {
                to++;
            }
            found.accept(FindingKind.SPAN_IN_WORD, annotation, quote + " is a part of \"" + quoted(from, to) + "\"");
        }
        if (offsets != null && learned) {
            tokens(span, annotation, quote);
        }
    }

    private void tokens(CodePointSpan span, @Nullable String annotation, String quote) {
        TokenPositions.Range tokens = TokenPositions.covered(Objects.requireNonNull(offsets), span.begin(), span.end());
        if (tokens == null || tokens.last() < tokens.first()) {
            found.accept(FindingKind.SPAN_WITHOUT_TOKEN, annotation, quote + ": begins or ends on no token");
        } else if (tokens.isClipped()) {
            found.accept(
                    FindingKind.SPAN_TOO_FAR,
                    annotation,
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
