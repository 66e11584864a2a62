package io.github.mdetr.nn.layer;

import io.github.mdetr.core.tensor.Tensor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The dropout of one forward pass: {@link #none()} for inference and evaluation, or from a generator while training.
 * Layers know their rates and get this as an argument, so that a model holds no random state.
 */
public final class Dropout {
    private static final Dropout NONE = new Dropout(null);

    private final @Nullable RandomGenerator random;

    private Dropout(@Nullable RandomGenerator random) {
        this.random = random;
    }

    /** Leaves everything as it is. */
    public static Dropout none() {
        return NONE;
    }

    /** Drops by {@code random}, which advances; equal generators drop equally. */
    public static Dropout from(RandomGenerator random) {
        return new Dropout(random);
    }

    /** Whether anything can be dropped. */
    public boolean isActive() {
        return random != null;
    }

    /** Sets each element to 0 with probability {@code rate} and scales the rest by 1/(1 − rate). */
    public Tensor apply(Tensor x, float rate) {
        return random == null || rate == 0 ? x : io.github.mdetr.core.op.Dropout.dropout(x, rate, random);
    }
}
