package io.github.mdetr.nn.pipeline;

/**
 * How much a box belongs to a span that was asked for.
 *
 * @param span the span
 * @param score the box's highest probability on the span's tokens
 */
public record SpanScore(Span span, float score) {}
