package io.github.mdetr.nn.mdetr;

import io.github.mdetr.nn.layer.Dropout;

/**
 * What a forward pass computes.
 *
 * @param auxiliary whether the heads run on every decoder layer, as the auxiliary losses need, or on the last alone
 * @param dropout the pass's dropout
 */
public record ForwardOptions(boolean auxiliary, Dropout dropout) {

    /** The last layer's outputs without dropout. */
    public static ForwardOptions inference() {
        return new ForwardOptions(false, Dropout.none());
    }

    /** Every layer's outputs without dropout. */
    public static ForwardOptions evaluation() {
        return new ForwardOptions(true, Dropout.none());
    }

    /** Every layer's outputs with dropout. */
    public static ForwardOptions training(Dropout dropout) {
        return new ForwardOptions(true, dropout);
    }
}
