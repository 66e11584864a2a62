package io.github.mdetr.core.backend;

/** Elementwise functions of two floats; the comparisons give 1 or 0. */
public enum Binary {
    /** a + b. */
    ADD,
    /** a − b. */
    SUB,
    /** a · b. */
    MUL,
    /** a / b. */
    DIV,
    /** The smaller. */
    MIN,
    /** The larger. */
    MAX,
    /** 1 where a &gt; b, else 0. */
    GT,
    /** 1 where a = b, else 0. */
    EQ
}
