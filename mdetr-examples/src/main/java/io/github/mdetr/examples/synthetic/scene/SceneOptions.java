package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.image.ImageSize;

/**
 * What scenes to make.
 *
 * @param size of the images, each side from 64 to 2048 pixels and neither more than twice the other
 * @param fewest objects of a scene, 3 or more
 * @param most objects of a scene, at most 8
 */
public record SceneOptions(ImageSize size, int fewest, int most) {
    /** What a small model trains on: 3 to 8 objects on 160 × 128 pixels. */
    public static final SceneOptions SMALL = of(new ImageSize(160, 128));

    private static final int SMALLEST_SIDE = 64;
    private static final int LARGEST_SIDE = 2048;
    private static final int FEWEST = 3;
    private static final int MOST = 8;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public SceneOptions {
        int small = Math.min(size.width(), size.height());
        int large = Math.max(size.width(), size.height());
        if (small < SMALLEST_SIDE || large > LARGEST_SIDE || large > 2 * small) {
            throw new IllegalArgumentException("size of a scene: expected sides from " + SMALLEST_SIDE + " to "
                    + LARGEST_SIDE + " pixels, neither more than twice the other, got " + size);
        }
        if (fewest < FEWEST || most > MOST || fewest > most) {
            throw new IllegalArgumentException("objects of a scene: expected a range within " + FEWEST + " to " + MOST
                    + ", got " + fewest + " to " + most);
        }
    }

    /** Three to eight objects on images of that size. */
    public static SceneOptions of(ImageSize size) {
        return new SceneOptions(size, FEWEST, MOST);
    }
}
