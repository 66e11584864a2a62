package io.github.mdetr.core.backend;

/** How a feature map is resized. */
public enum Interpolation {
    /** Source index ⌊i·in/out⌋. */
    NEAREST,
    /** Linear between the four neighbours, pixel centres at half (no corner alignment), no antialiasing. */
    BILINEAR
}
