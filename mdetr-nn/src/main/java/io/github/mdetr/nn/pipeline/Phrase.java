package io.github.mdetr.nn.pipeline;

/**
 * Words of the caption that a box speaks of.
 *
 * @param begin first char in the caption, in UTF-16 chars
 * @param end behind the last char
 * @param text the caption from begin to end, verbatim
 * @param probability the box's highest on a token of these words
 */
public record Phrase(int begin, int end, String text, float probability) {}
