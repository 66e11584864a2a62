package io.github.mdetr.core.backend;

/**
 * The numbers of one AdamW step, worked out in double precision and rounded once, as PyTorch does.
 *
 * @param gradScale what gradients are multiplied by: clipping, and the mean over accumulated passes
 * @param keep 1 − rate·decay, what the decay leaves of a weight
 * @param meanWeight 1 − β₁
 * @param squareKeep β₂
 * @param squareWeight 1 − β₂
 * @param stepSize rate / (1 − β₁ᵗ)
 * @param correction √(1 − β₂ᵗ)
 * @param eps added to the root
 * @param averageWeight 1 − the decay of the moving average
 */
public record AdamWUpdate(
        float gradScale,
        float keep,
        float meanWeight,
        float squareKeep,
        float squareWeight,
        float stepSize,
        float correction,
        float eps,
        float averageWeight) {}
