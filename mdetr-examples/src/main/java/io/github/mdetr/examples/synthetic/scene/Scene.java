package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.image.ImageSize;
import java.util.List;

/**
 * A scene and the truth about it.
 *
 * @param camera what it is seen with
 * @param light where the light comes from
 * @param objects three to eight, in random order
 * @param instances which object each pixel shows
 */
public record Scene(Camera camera, Light light, List<SceneObject> objects, InstanceMap instances) {
    /** Copies the list. */
    public Scene {
        objects = List.copyOf(objects);
    }

    /** Size of its image in pixels. */
    public ImageSize size() {
        return camera.size();
    }

    /** Whether object i stands in a relation to object j, such as left of it. */
    public boolean holds(Relation relation, int i, int j) {
        return i != j && relation.holds(camera, objects.get(i), objects.get(j));
    }

    /**
     * A direction towards a light that is far away, of length 1.
     *
     * @param x to the right
     * @param y up, above 0
     * @param z away from the viewer
     */
    public record Light(double x, double y, double z) {}
}
