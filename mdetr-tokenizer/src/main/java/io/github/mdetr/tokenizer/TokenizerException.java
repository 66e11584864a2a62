package io.github.mdetr.tokenizer;

import java.util.Locale;

/**
 * A vocabulary that cannot be read or does not fit together, or a text that cannot be encoded. The message is one line:
 * where, what was found, what was expected, and what to do.
 */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int QUOTED_LENGTH = 40;

    /** An error of which the message says everything. */
    TokenizerException(String message) {
        super(message);
    }

    /** An error caused by another, whose own message is already part of {@code message}. */
    TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns text from outside as it may stand in a message: quoted, short and on one line. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int length = Math.min(text.length(), QUOTED_LENGTH);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > length ? "…\"" : "\"").toString();
    }
}
