package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.data.TrainingExample;
import java.util.random.RandomGenerator;

/**
 * The mirror image, at times: left and right are exchanged, in the captions too.
 *
 * @param probability of the mirror image, 0 to 1
 */
public record RandomFlip(double probability) implements Augmentation {
    /**
     * Checks the probability.
     *
     * @throws IllegalArgumentException unless it is in [0, 1]
     */
    public RandomFlip {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("random flip: expected a probability from 0 to 1, got " + probability);
        }
    }

    @Override
    public TrainingExample apply(TrainingExample example, RandomGenerator random) {
        return random.nextDouble() < probability ? ExampleGeometry.mirror(example) : example;
    }
}
