package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.text.TokenBatch;

/**
 * A batch of I images, each with as many captions, one or more, in the images' order: pair p is caption p with image
 * p / (captions / I). An image is encoded once for all its captions. Or one caption for several images. Owns its images.
 *
 * @param images [B, H, W, 3], normalized, zeros on padding
 * @param padding what of each is image
 * @param tokens the captions
 */
public record MdetrInput(Tensor images, ImagePadding padding, TokenBatch tokens) implements AutoCloseable {

    /**
     * Checks that the three agree.
     *
     * @throws IllegalArgumentException saying what does not
     */
    public MdetrInput {
        checkImages(images, padding);
        pairs("input", padding.count(), tokens.count());
    }

    /** How many pairs of image and caption these are. */
    static int pairs(String operation, int images, int captions) {
        if (captions % images != 0 && captions != 1) {
            throw new IllegalArgumentException(operation + ": " + images + " images but " + captions
                    + " captions; give as many captions for each image, or a single caption");
        }
        return Math.max(images, captions);
    }

    static void checkImages(Tensor images, ImagePadding padding) {
        int[] expected = {padding.count(), padding.frameHeight(), padding.frameWidth(), 3};
        if (!java.util.Arrays.equals(images.shape().dims(), expected)) {
            throw new IllegalArgumentException("input: images must be [B, H, W, 3] = "
                    + java.util.Arrays.toString(expected) + " by their padding, got " + images.shape());
        }
    }

    @Override
    public void close() {
        images.close();
    }
}
