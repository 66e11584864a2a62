package io.github.mdetr.nn.pipeline;

/** Images are larger than {@link InputLimits} lets into the model. Nothing was computed. */
public final class InputTooLargeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InputTooLargeException(String message) {
        super(message);
    }
}
