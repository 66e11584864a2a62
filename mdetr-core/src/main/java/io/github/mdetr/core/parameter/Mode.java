package io.github.mdetr.core.parameter;

/** What a model is built for. */
public enum Mode {
    /** Weights are laid out for the fastest forward pass; frozen norms are folded into convolutions; no gradients. */
    INFERENCE,
    /** Weights stay as they are named, to be trained and saved. Norms and a ResNet's first stages are frozen, as published. */
    TRAINING,
    /**
     * As {@link #TRAINING}, and nothing is frozen: batch norms learn and keep running statistics. For models that start from
     * nothing; what is saved loads in every mode.
     */
    FULL_TRAINING
}
