package io.github.mdetr.nn.loss;

/**
 * How much each loss counts, and the numbers within them. {@link #published()} has the published ones; the {@code with}
 * methods change one. A loss of weight 0 is computed and told but not trained; {@link Criterion#without} leaves it out.
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

    static void check(String name, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException("loss weights: " + name + " must be 0 or more, got " + value);
        }
    }

    /** The published weights: 1, 5, 2, 1, 1, 0.1; no object 0.1, temperature 0.07, with auxiliary losses. */
    public static LossWeights published() {
        return new LossWeights(1, 5, 2, 1, 1, 0.1f, 0.1f, 0.07f, true);
    }

    /** Those of the recipe for GQA: the published ones, without auxiliary losses. */
    public static LossWeights publishedForGqa() {
        return published().withAuxiliary(false);
    }

    /** Another weight of {@link SoftTokenLoss}. */
    public LossWeights withClassification(float value) {
        return new LossWeights(value, box, giou, alignment, isFinal, imageText, noObject, temperature, auxiliary);
    }

    /** Another weight of {@link BoxLoss#l1}. */
    public LossWeights withBox(float value) {
        return new LossWeights(
                classification, value, giou, alignment, isFinal, imageText, noObject, temperature, auxiliary);
    }

    /** Another weight of {@link BoxLoss#giou}. */
    public LossWeights withGiou(float value) {
        return new LossWeights(
                classification, box, value, alignment, isFinal, imageText, noObject, temperature, auxiliary);
    }

    /** Another weight of {@link ContrastiveAlignmentLoss}. */
    public LossWeights withAlignment(float value) {
        return new LossWeights(classification, box, giou, value, isFinal, imageText, noObject, temperature, auxiliary);
    }

    /** Another weight of {@link IsFinalLoss}. */
    public LossWeights withIsFinal(float value) {
        return new LossWeights(
                classification, box, giou, alignment, value, imageText, noObject, temperature, auxiliary);
    }

    /** Another weight of {@link ImageTextContrastiveLoss}. */
    public LossWeights withImageText(float value) {
        return new LossWeights(classification, box, giou, alignment, isFinal, value, noObject, temperature, auxiliary);
    }

    /** Another weight of queries without an object within the soft-token loss. */
    public LossWeights withNoObject(float value) {
        return new LossWeights(classification, box, giou, alignment, isFinal, imageText, value, temperature, auxiliary);
    }

    /** Another temperature of both contrastive losses. */
    public LossWeights withTemperature(float value) {
        return new LossWeights(classification, box, giou, alignment, isFinal, imageText, noObject, value, auxiliary);
    }

    /** With or without losses of the decoder's earlier layers. */
    public LossWeights withAuxiliary(boolean value) {
        return new LossWeights(classification, box, giou, alignment, isFinal, imageText, noObject, temperature, value);
    }
}
