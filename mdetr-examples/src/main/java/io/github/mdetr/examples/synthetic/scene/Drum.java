package io.github.mdetr.examples.synthetic.scene;

/**
 * A cylinder that stands on the floor.
 *
 * @param x position of its axis to the right
 * @param z depth of its axis
 * @param radius of its base
 * @param height above the floor
 */
public record Drum(double x, double z, double radius, double height) implements Solid {
    /** Part of the radius over which the rim is rounded. */
    private static final double BEVEL = 0.09;

    @Override
    public double reach() {
        return radius;
    }

    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
        double cx = ox - x;
        double cz = oz - z;
        double a = dx * dx + dz * dz;
        double b = cx * dx + cz * dz;
        double discriminant = b * b - a * (cx * cx + cz * cz - radius * radius);
        if (discriminant <= 0) {
            return Double.POSITIVE_INFINITY;
        }
        double root = Math.sqrt(discriminant);
        double middle = (0.5 * height - oy) / dy;
        double half = 0.5 * height / Math.abs(dy);
        double enter = Math.max((-b - root) / a, middle - half);
        double exit = Math.min((-b + root) / a, middle + half);
        return enter > NEAREST && enter < exit ? enter : Double.POSITIVE_INFINITY;
    }

    @Override
    public void normal(double px, double py, double pz, double[] normal) {
        double out = Math.sqrt((px - x) * (px - x) + (pz - z) * (pz - z));
        double side = rounded(out / radius);
        double y = py - 0.5 * height;
        double up = Math.copySign(rounded(1 - (0.5 * height - Math.abs(y)) / radius), y);
        double scale = 1 / Math.sqrt(side * side + up * up);
        double outwards = side == 0 ? 0 : side * scale / out;
        normal[0] = (px - x) * outwards;
        normal[1] = up * scale;
        normal[2] = (pz - z) * outwards;
    }

    private static double rounded(double q) {
        double beyond = (q - (1 - BEVEL)) / BEVEL;
        return beyond <= 0 ? 0 : Math.min(1, beyond * beyond);
    }

    @Override
    public int face(double px, double py, double pz) {
        return height - py < 1e-6 ? 0 : 1;
    }
}
