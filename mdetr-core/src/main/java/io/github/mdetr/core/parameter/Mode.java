package io.github.mdetr.core.parameter;

/** What a model is built for. */
public enum Mode {
    /** Weights are laid out for the fastest forward pass; frozen norms are folded into convolutions; no gradients. */
    INFERENCE,
    /** Weights stay as they are named, to be trained and saved. */
    TRAINING
}
