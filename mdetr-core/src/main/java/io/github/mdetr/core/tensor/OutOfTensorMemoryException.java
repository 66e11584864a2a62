package io.github.mdetr.core.tensor;

/** An allocation would go beyond a device's cap, or the system gave none. Nothing was allocated; nothing is lost. */
public final class OutOfTensorMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error with the figures in its message. */
    public OutOfTensorMemoryException(String message) {
        super(message);
    }
}
