package io.github.mdetr.nn.loss;

/**
 * How much each loss counts, and the numbers within them. {@link #published()} has the published ones; the {@code with}
 * methods change one.
 *
 * @param classification of {@link SoftTokenLoss}
 * @param box of {@link BoxLoss#l1}
 * @param giou of {@link BoxLoss#giou}
 * @param alignment of {@link ContrastiveAlignmentLoss}
 * @param isFinal of {@link IsFinalLoss}
 * @param imageText of {@link ImageTextContrastiveLoss}
 * @param noObject of a query without an object within the soft-token loss
 * @param temperature of both contrastive losses
 * @param auxiliary whether the decoder's earlier layers have losses of their own
 */
public record LossWeights(
        float classification,
        float box,
        float giou,
        float alignment,
        float isFinal,
        float imageText,
        float noObject,
        float temperature,
        boolean auxiliary) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public LossWeights {
        check("classification", classification);
        check("box", box);
        check("giou", giou);
        check("alignment", alignment);
        check("isFinal", isFinal);
        check("imageText", imageText);
        check("noObject", noObject);
        LossInput.positive("loss weights: temperature", temperature);
    }

    private static void check(String name, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException("loss weights: " + name + " must be 0 or more, got " + value);
        }
    }

    /** The published weights: 1, 5, 2, 1, 1, 0.1; no object 0.1, temperature 0.07, with auxiliary losses. */
    public static LossWeights published() {
        return new LossWeights(1, 5, 2, 1, 1, 0.1f, 0.1f, 0.07f, true);
    }

    /** With or without losses of the decoder's earlier layers. */
    public LossWeights withAuxiliary(boolean value) {
        return new LossWeights(classification, box, giou, alignment, isFinal, imageText, noObject, temperature, value);
    }
}
