package io.github.mdetr.core.optim;

/**
 * What came of a step.
 *
 * @param applied false when the norm was not finite: weights, moments and averages are then as they were, and the step does
 *     not count
 * @param gradientNorm l2 norm over all gradients, scaled but not clipped
 * @param clipFactor what clipping multiplied the gradients by, 1 for none
 */
public record StepResult(boolean applied, double gradientNorm, double clipFactor) {}
