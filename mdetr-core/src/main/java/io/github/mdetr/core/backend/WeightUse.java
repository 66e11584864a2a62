package io.github.mdetr.core.backend;

/** What a weight is packed for. */
public enum WeightUse {
    /** {@link Backend#linear}: [out, in]. */
    LINEAR,
    /** {@link Backend#conv2d}: [out, in / groups, kernelY, kernelX]. */
    CONV2D,
    /** {@link Backend#gatedConv2d}: [out, in, 1, 1]. */
    GATED_CONV2D,
    /** {@link Backend#gatherRows}: [N, D]. In place of bfloat16 it is kept in float16, which is eight times as exact. */
    TABLE
}
