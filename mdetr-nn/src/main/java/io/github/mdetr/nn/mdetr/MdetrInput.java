package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.text.TokenBatch;

/**
 * A batch of images, each with one caption.
 *
 * @param images [B, H, W, 3], normalized, zeros on padding; stays the caller's
 * @param padding what of each is image
 * @param tokens one caption for each image
 */
public record MdetrInput(Tensor images, ImagePadding padding, TokenBatch tokens) {

    /**
     * Checks that the three agree.
     *
     * @throws IllegalArgumentException saying what does not
     */
    public MdetrInput {
        checkImages(images, padding);
        if (tokens.count() != padding.count()) {
            throw new IllegalArgumentException("input: " + padding.count() + " images but " + tokens.count()
                    + " captions; give one caption for each image");
        }
    }

    static void checkImages(Tensor images, ImagePadding padding) {
        int[] expected = {padding.count(), padding.frameHeight(), padding.frameWidth(), 3};
        if (!java.util.Arrays.equals(images.shape().dims(), expected)) {
            throw new IllegalArgumentException("input: images must be [B, H, W, 3] = "
                    + java.util.Arrays.toString(expected) + " by their padding, got " + images.shape());
        }
    }
}
