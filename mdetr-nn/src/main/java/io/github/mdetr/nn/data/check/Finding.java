package io.github.mdetr.nn.data.check;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with an entry, or may be.
 *
 * @param kind what
 * @param image the image's id as it stands in the file; null where it has none, or the whole file is meant
 * @param file the image's file name; null where it is not known
 * @param annotation the annotation's id as it stands in the file; null where it has none, or the image is meant
 * @param message one line: the entry, what is there, what was expected
 * @param advice one line: what it usually comes from, what to do
 */
public record Finding(
        FindingKind kind,
        @Nullable String image,
        @Nullable String file,
        @Nullable String annotation,
        String message,
        String advice) {
    /** All of it on one line. */
    public String line() {
        return message + "; " + advice;
    }
}
