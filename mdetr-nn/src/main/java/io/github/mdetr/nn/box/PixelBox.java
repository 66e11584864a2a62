package io.github.mdetr.nn.box;

/**
 * A box in pixels of an image, x to the right and y downwards, from the left upper corner of the image. It is what the
 * model says and may reach beyond the image.
 *
 * @param x0 left edge
 * @param y0 upper edge
 * @param x1 right edge
 * @param y1 lower edge
 */
public record PixelBox(float x0, float y0, float x1, float y1) {

    /** The box that {@code cxcywh} in [0, 1] is on an image of that size. */
    public static PixelBox of(float cx, float cy, float w, float h, int width, int height) {
        return new PixelBox(
                (cx - 0.5f * w) * width, (cy - 0.5f * h) * height, (cx + 0.5f * w) * width, (cy + 0.5f * h) * height);
    }

    /** Whether nothing lies in it: no right edge behind the left one, or no lower one below the upper. */
    public boolean isEmpty() {
        return !(x1 > x0 && y1 > y0);
    }

    /** Right edge less left edge. */
    public float width() {
        return x1 - x0;
    }

    /** Lower edge less upper edge. */
    public float height() {
        return y1 - y0;
    }
}
