package io.github.mdetr.core.backend;

/** Elementwise functions of one float. */
public enum Unary {
    /** −x. */
    NEG,
    /** eˣ. */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** √x. */
    SQRT,
    /** x². */
    SQUARE,
    /** |x|; gradient sign(x), 0 at 0. */
    ABS,
    /** max(x, 0); gradient 0 at 0. */
    RELU,
    /** x·Φ(x), by the error function. */
    GELU,
    /** x·σ(x). */
    SILU,
    /** 1/(1 + e⁻ˣ). */
    SIGMOID,
    /** Hyperbolic tangent. */
    TANH
}
