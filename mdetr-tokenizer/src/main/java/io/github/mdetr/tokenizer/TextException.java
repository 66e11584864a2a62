package io.github.mdetr.tokenizer;

import java.io.IOException;

/** Bytes that are no text in the file's encoding. The message is one line: which file, which line and byte, and what to do. */
public final class TextException extends IOException {
    private static final long serialVersionUID = 1L;

    TextException(String message) {
        super(message);
    }
}
