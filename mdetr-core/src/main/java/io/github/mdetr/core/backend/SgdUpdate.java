package io.github.mdetr.core.backend;

/**
 * The numbers of one step of stochastic gradient descent.
 *
 * @param gradScale what gradients are multiplied by: clipping, and the mean over accumulated passes
 * @param decay weight decay, added to the gradient as decay·w
 * @param momentum share of the velocity that stays; 0 without one
 * @param nesterov whether the step looks ahead along the velocity
 * @param rate learning rate
 * @param averageWeight 1 − the decay of the moving average
 */
public record SgdUpdate(
        float gradScale, float decay, float momentum, boolean nesterov, float rate, float averageWeight) {}
