package io.github.mdetr.examples.synthetic.caption;

/** What a mention is for: {@code isfinal} of CLEVR-Ref+ is true for the first. */
public enum Role {
    /** What the caption asks for. */
    TARGET,
    /** Named on the way there. */
    INTERMEDIATE
}
