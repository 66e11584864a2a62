package io.github.mdetr.core.backend;

/** Ways to make one value of many. */
public enum Reduce {
    /** The sum. */
    SUM,
    /** The arithmetic mean. */
    MEAN,
    /** The largest. */
    MAX
}
