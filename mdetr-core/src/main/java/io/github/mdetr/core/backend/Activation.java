package io.github.mdetr.core.backend;

import org.jspecify.annotations.Nullable;

/** The function that a linear map or a convolution ends in. */
public enum Activation {
    /** None. */
    IDENTITY(null),
    /** max(x, 0). */
    RELU(Unary.RELU),
    /** x·Φ(x), by the error function. */
    GELU(Unary.GELU),
    /** x·σ(x). */
    SILU(Unary.SILU);

    private final @Nullable Unary function;

    Activation(@Nullable Unary function) {
        this.function = function;
    }

    /** The function by itself, null for the identity. */
    public @Nullable Unary function() {
        return function;
    }
}
