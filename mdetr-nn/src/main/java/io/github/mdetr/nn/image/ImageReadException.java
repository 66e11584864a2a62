package io.github.mdetr.nn.image;

import java.io.IOException;

/**
 * A file is not an image that {@link ImageReader} reads: missing, of another format, damaged, or beyond a limit. The
 * message is one line and names the file, what was expected and what was found.
 */
public final class ImageReadException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An error of the given file. */
    public ImageReadException(String name, String message) {
        super(name + ": " + message);
    }

    /** An error of the given file that another error caused. */
    public ImageReadException(String name, String message, Throwable cause) {
        super(name + ": " + message, cause);
    }
}
