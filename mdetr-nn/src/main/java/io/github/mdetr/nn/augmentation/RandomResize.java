package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.image.ResizePolicy;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The shorter side becomes one of several lengths, the longer follows by the rule of evaluation
 * ({@link ResizePolicy#shortestSide(int, int)}).
 *
 * @param shortest the lengths in pixels, each as likely as the others
 * @param longest the most that the longer side may be in pixels
 */
public record RandomResize(List<Integer> shortest, int longest) implements Augmentation {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there is no length, or one is below 1 or above {@code longest}
     */
    public RandomResize {
        shortest = List.copyOf(shortest);
        if (shortest.isEmpty()) {
            throw new IllegalArgumentException(
                    "random resize: expected at least one length of the shorter side, got none");
        }
        for (int side : shortest) {
            ResizePolicy.shortestSide(side, longest);
        }
    }

    /** Without a limit to the longer side. */
    public RandomResize(List<Integer> shortest) {
        this(shortest, Integer.MAX_VALUE);
    }

    @Override
    public TrainingExample apply(TrainingExample example, RandomGenerator random) {
        int side = shortest.get(random.nextInt(shortest.size()));
        return ExampleGeometry.resize(
                example,
                ResizePolicy.shortestSide(side, longest).apply(example.image().size()));
    }
}
