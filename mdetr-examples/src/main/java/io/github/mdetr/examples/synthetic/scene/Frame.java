package io.github.mdetr.examples.synthetic.scene;

/**
 * A rectangle of pixels that holds all of a body, clipped to the image.
 *
 * @param left first column
 * @param top first row
 * @param right the column after the last
 * @param bottom the row after the last
 */
public record Frame(int left, int top, int right, int bottom) {
    /** The pixels that may show a body. */
    public static Frame around(Solid solid, Camera camera) {
        return around(solid.x(), solid.z(), solid.reach(), solid.reach(), solid.height(), camera);
    }

    /** The pixels that may show an upright box about (x, z), of these half sides, from the floor to a height. */
    public static Frame around(double x, double z, double halfX, double halfZ, double height, Camera camera) {
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int corner = 0; corner < 8; corner++) {
            double cx = x + ((corner & 1) == 0 ? -halfX : halfX);
            double cy = (corner & 2) == 0 ? 0 : height;
            double cz = z + ((corner & 4) == 0 ? -halfZ : halfZ);
            double px = camera.projectX(cx, cy, cz);
            double py = camera.projectY(cy, cz);
            left = Math.min(left, px);
            right = Math.max(right, px);
            top = Math.min(top, py);
            bottom = Math.max(bottom, py);
        }
        return new Frame(
                clamp(Math.floor(left), camera.size().width()),
                clamp(Math.floor(top), camera.size().height()),
                clamp(Math.ceil(right), camera.size().width()),
                clamp(Math.ceil(bottom), camera.size().height()));
    }

    private static int clamp(double value, int limit) {
        return (int) Math.max(0, Math.min(limit, value));
    }
}
