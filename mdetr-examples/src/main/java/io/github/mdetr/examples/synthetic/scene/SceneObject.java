package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.box.PixelBox;
import java.util.List;

/**
 * An object of a scene.
 *
 * @param size how large it is
 * @param color its colour
 * @param material what it is made of
 * @param shape its form
 * @param solid its body, with its position
 * @param box the smallest box around its visible pixels
 * @param visiblePixels how many pixels show it
 * @param visibility the same as a share of those that would if nothing stood in front of it, from 0 to 1
 */
public record SceneObject(
        Size size,
        Color color,
        Material material,
        Shape shape,
        Solid solid,
        PixelBox box,
        int visiblePixels,
        double visibility) {
    /** Its four attributes, in the order of the words of a caption. */
    public List<Attribute> attributes() {
        return List.of(size, color, material, shape);
    }

    /** Its attribute of a kind. */
    public Attribute attribute(Attribute.Kind kind) {
        return switch (kind) {
            case SIZE -> size;
            case COLOR -> color;
            case MATERIAL -> material;
            case SHAPE -> shape;
        };
    }

    /** Position to the right, in units of the world. */
    public double x() {
        return solid.x();
    }

    /** Depth, away from the viewer, in units of the world. */
    public double z() {
        return solid.z();
    }
}
