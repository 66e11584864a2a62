package io.github.mdetr.core.backend;

/** What a weight is packed for. */
public enum WeightUse {
    /** {@link Backend#linear}: [out, in]. */
    LINEAR,
    /** {@link Backend#conv2d}: [out, in / groups, kernelY, kernelX]. */
    CONV2D
}
