package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.image.ImageSize;

/**
 * A pinhole camera that looks down at the floor from the front. World coordinates: x to the right, y up from the floor, z
 * away from the viewer, the origin in the middle of the floor that is seen. It stands far away and has a narrow field of
 * view, so that a large object at the back still looks larger than a small one in front.
 */
public final class Camera {
    /** What stands in the middle of the image lies a little above the floor. */
    private static final double AIM_HEIGHT = 0.35;

    private final ImageSize size;
    private final double eyeY;
    private final double eyeZ;
    private final double sin;
    private final double cos;
    private final double focal;

    /**
     * @param size of the image in pixels
     * @param pitch how far below the horizon it looks, in radians
     * @param distance from the middle of the image, in units of the world
     * @param halfHeight half of what the image's height shows in the middle, in units of the world
     */
    public Camera(ImageSize size, double pitch, double distance, double halfHeight) {
        this.size = size;
        // StrictMath gives the same bits on every machine, so the scenes are the same everywhere.
        this.sin = StrictMath.sin(pitch);
        this.cos = StrictMath.cos(pitch);
        this.eyeY = AIM_HEIGHT + distance * sin;
        this.eyeZ = -distance * cos;
        this.focal = 0.5 * size.height() * distance / halfHeight;
    }

    /** Size of the image in pixels. */
    public ImageSize size() {
        return size;
    }

    /** Height of the eye; its x is 0. */
    public double eyeY() {
        return eyeY;
    }

    /** Depth of the eye, negative. */
    public double eyeZ() {
        return eyeZ;
    }

    /**
     * The direction of the ray through a point of the image, of length 1.
     *
     * @param px pixels from the left edge; a pixel's centre is at one half
     * @param py pixels from the upper edge
     * @param ray receives x, y and z
     */
    public void ray(double px, double py, double[] ray) {
        double right = px - 0.5 * size.width();
        double up = 0.5 * size.height() - py;
        double y = up * cos - focal * sin;
        double z = up * sin + focal * cos;
        double scale = 1 / Math.sqrt(right * right + y * y + z * z);
        ray[0] = right * scale;
        ray[1] = y * scale;
        ray[2] = z * scale;
    }

    /** Depth of the floor that a row of the image shows: it is the same along the row. */
    public double floorZ(double py) {
        double up = 0.5 * size.height() - py;
        return eyeZ + (up * sin + focal * cos) * floorUnits(py);
    }

    /** Units of the world that a pixel of that row spans on the floor, from side to side. */
    public double floorUnits(double py) {
        double up = 0.5 * size.height() - py;
        return eyeY / (focal * sin - up * cos);
    }

    /** Where a point of the world appears, in pixels from the left edge. */
    public double projectX(double x, double y, double z) {
        return 0.5 * size.width() + focal * x / depth(y, z);
    }

    /** Where a point of the world appears, in pixels from the upper edge. */
    public double projectY(double y, double z) {
        return 0.5 * size.height() - focal * ((y - eyeY) * cos + (z - eyeZ) * sin) / depth(y, z);
    }

    private double depth(double y, double z) {
        return (z - eyeZ) * cos - (y - eyeY) * sin;
    }
}
