package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.nn.image.RgbImage;
import java.util.random.RandomGenerator;

/**
 * A scene and its picture.
 *
 * @param index which scene of the world it is
 * @param scene the objects, their boxes and masks
 * @param image the picture, of the scene's size
 */
public record RenderedScene(long index, Scene scene, RgbImage image) {
    /** Writes captions of it; the generator's state decides which, so one that is saved and restored goes on the same. */
    public Captioner captioner(RandomGenerator random) {
        return new Captioner(scene, new Draws(random));
    }
}
