package io.github.mdetr.core.backend.nd4j;

/** Orders in which the axes of a weight can lie in memory. */
enum Packing {
    /** As its shape says. */
    PLAIN,
    /** A convolution's [out, in, kernelY, kernelX] as [out, kernelY, kernelX, in], the order of a window's pixels. */
    CHANNELS_LAST,
    /** A depthwise convolution's [out, 1, kernelY, kernelX] as [kernelY, kernelX, out]. */
    TAPS_FIRST;

    /** Axis k of the packed weight is this axis of the plain one. */
    int[] axes() {
        return switch (this) {
            case PLAIN -> new int[] {0, 1, 2, 3};
            case CHANNELS_LAST -> new int[] {0, 2, 3, 1};
            case TAPS_FIRST -> new int[] {2, 3, 0, 1};
        };
    }
}
