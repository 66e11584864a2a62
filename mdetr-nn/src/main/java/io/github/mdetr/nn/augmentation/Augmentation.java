package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.data.TrainingExample;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A change of an example: of its image, and of boxes and captions so that they still say what is in it. The same generator
 * in the same state gives the same change. Immutable; for any number of threads, each with a generator of its own.
 *
 * <pre>{@code
 * Augmentation small = new RandomFlip(0.5)
 *         .then(new RandomCrop(96, 160, true))
 *         .then(new RandomResize(List.of(96, 112, 128), 160));
 * TrainingExample changed = small.apply(example, new SplittableRandom(step));
 * }</pre>
 */
@FunctionalInterface
public interface Augmentation {
    /** The example as it is changed this time. */
    TrainingExample apply(TrainingExample example, RandomGenerator random);

    /** This change, and another of what came out. */
    default Augmentation then(Augmentation next) {
        return (example, random) -> next.apply(apply(example, random), random);
    }

    /** Every example as it is. */
    static Augmentation none() {
        return (example, random) -> example;
    }

    /**
     * One of several changes, each as often as the others.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Augmentation oneOf(Augmentation... choices) {
        List<Augmentation> all = List.of(choices);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("one of several changes: expected at least one, got none");
        }
        return (example, random) -> all.get(random.nextInt(all.size())).apply(example, random);
    }
}
