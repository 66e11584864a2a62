package io.github.mdetr.nn.augmentation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The published ways to change training images: half the time the image is resized, half the time resized, cropped and resized
 * again (Carion et al., DETR, appendix A.4; Kamath et al., MDETR).
 *
 * <p>All published recipes are cautious: no flips, and crops that keep something of every object. Otherwise half the images
 * are mirrored first, and a crop takes what it takes.
 */
public final class Recipe {
    private static final int STEP = 32;

    private Recipe() {}

    /** Photographs: shorter side 480 to 800, longer at most 1333; crops of 384 to 1333 a side. */
    public static Augmentation photographs(boolean cautious) {
        return of(sides(480, 800), 1333, List.of(400, 500, 600), 384, cautious);
    }

    /** CLEVR: shorter side 256 to 384, longer at most 512; crops of 256 to 512 a side. Evaluation is at native size. */
    public static Augmentation clevr(boolean cautious) {
        return of(sides(256, 384), 512, List.of(320, 352, 384), 256, cautious);
    }

    private static List<Integer> sides(int from, int to) {
        return IntStream.iterate(from, side -> side <= to, side -> side + STEP)
                .boxed()
                .toList();
    }

    private static Augmentation of(
            List<Integer> sides, int longest, List<Integer> before, int smallestCrop, boolean cautious) {
        Augmentation resize = new RandomResize(sides, longest);
        Augmentation crop = new RandomResize(before)
                .then(new RandomCrop(smallestCrop, longest, cautious))
                .then(resize);
        Augmentation either = Augmentation.oneOf(resize, crop);
        return cautious ? either : new RandomFlip(0.5).then(either);
    }
}
