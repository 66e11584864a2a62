package io.github.mdetr.examples.visualization;

import io.github.mdetr.nn.box.Boxes;
import io.github.mdetr.nn.box.PixelBox;

/**
 * An annotated object and the box that a model gives its words.
 *
 * @param words what the caption calls it
 * @param truth where it was annotated, in pixels of the image
 * @param found where the model says that it is, in pixels of the image
 */
public record GroundedObject(String words, PixelBox truth, PixelBox found) {

    /** The intersection of both boxes over their union, in [0, 1]. */
    public double iou() {
        return Boxes.iou(new float[][] {edges(truth)}, new float[][] {edges(found)})[0][0];
    }

    private static float[] edges(PixelBox b) {
        return new float[] {b.x0(), b.y0(), b.x1(), b.y1()};
    }
}
