package io.github.mdetr.examples.synthetic.scene;

/**
 * A sphere on the floor.
 *
 * @param x position to the right
 * @param z depth
 * @param radius its radius, and the height of its centre
 */
public record Ball(double x, double z, double radius) implements Solid {
    @Override
    public double height() {
        return 2 * radius;
    }

    @Override
    public double reach() {
        return radius;
    }

    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
        double cx = ox - x;
        double cy = oy - radius;
        double cz = oz - z;
        double b = cx * dx + cy * dy + cz * dz;
        double discriminant = b * b - (cx * cx + cy * cy + cz * cz - radius * radius);
        if (discriminant <= 0) {
            return Double.POSITIVE_INFINITY;
        }
        double t = -b - Math.sqrt(discriminant);
        return t > NEAREST ? t : Double.POSITIVE_INFINITY;
    }

    @Override
    public void normal(double px, double py, double pz, double[] normal) {
        normal[0] = (px - x) / radius;
        normal[1] = (py - radius) / radius;
        normal[2] = (pz - z) / radius;
    }

    @Override
    public int face(double px, double py, double pz) {
        return 0;
    }
}
