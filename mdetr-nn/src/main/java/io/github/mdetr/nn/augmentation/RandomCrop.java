package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.image.ImageSize;
import java.util.random.RandomGenerator;

/**
 * A part of the image of random sides at a random place. A side of the image that is shorter than {@code min} is kept whole.
 *
 * @param min the least side in pixels
 * @param max the largest
 * @param cautious whether another part is drawn, up to {@value #TRIES} times, until something of every object is in it; the
 *     last one is taken as it is, and objects that are not in it go with their words
 */
public record RandomCrop(int min, int max, boolean cautious) implements Augmentation {
    /** Parts that are drawn at most. */
    public static final int TRIES = 100;

    /**
     * Checks the sides.
     *
     * @throws IllegalArgumentException unless 1 ≤ min ≤ max
     */
    public RandomCrop {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException(
                    "random crop: expected 1 <= min <= max, got min " + min + ", max " + max);
        }
    }

    @Override
    public TrainingExample apply(TrainingExample example, RandomGenerator random) {
        ImageSize whole = example.image().size();
        for (int tries = 1; ; tries++) {
            ImageSize size = new ImageSize(side(whole.width(), random), side(whole.height(), random));
            int top = random.nextInt(whole.height() - size.height() + 1);
            int left = random.nextInt(whole.width() - size.width() + 1);
            if (!cautious || tries == TRIES || keepsAll(example, left, top, size)) {
                return ExampleGeometry.crop(example, left, top, size);
            }
        }
    }

    private int side(int whole, RandomGenerator random) {
        return random.nextInt(Math.min(min, whole), Math.min(max, whole) + 1);
    }

    private static boolean keepsAll(TrainingExample example, int left, int top, ImageSize size) {
        return example.captions().stream()
                .flatMap(c -> c.objects().stream())
                .noneMatch(
                        o -> ExampleGeometry.cropped(o.box(), left, top, size).isEmpty());
    }
}
