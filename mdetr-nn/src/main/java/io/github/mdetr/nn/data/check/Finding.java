package io.github.mdetr.nn.data.check;

/**
 * Something that is wrong with an entry, or may be.
 *
 * @param kind what
 * @param message one line: the entry, what is there, what was expected
 */
public record Finding(FindingKind kind, String message) {}
