package io.github.mdetr.nn.data;

import java.io.IOException;

/** A file that is not annotations in the published format. The message is one line: file, entry, expected, got. */
public final class AnnotationException extends IOException {
    private static final long serialVersionUID = 1L;

    AnnotationException(String message) {
        super(message);
    }

    AnnotationException(String message, Throwable cause) {
        super(message, cause);
    }
}
