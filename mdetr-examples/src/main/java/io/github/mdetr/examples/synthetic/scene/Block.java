package io.github.mdetr.examples.synthetic.scene;

/**
 * A cube on the floor, turned about the vertical.
 *
 * @param x position of its centre to the right
 * @param z depth of its centre
 * @param half half of its side
 * @param sin sine of the turn
 * @param cos cosine of the turn
 */
public record Block(double x, double z, double half, double sin, double cos) implements Solid {
    /** Part of half a side over which an edge is rounded. */
    private static final double BEVEL = 0.09;

    @Override
    public double height() {
        return 2 * half;
    }

    @Override
    public double reach() {
        return half * (Math.abs(sin) + Math.abs(cos));
    }

    /** A direction or difference along its first side. */
    public double along(double dx, double dz) {
        return cos * dx + sin * dz;
    }

    /** A direction or difference along its second side. */
    public double across(double dx, double dz) {
        return cos * dz - sin * dx;
    }

    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
        double a = along(ox - x, oz - z);
        double b = across(ox - x, oz - z);
        double c = oy - half;
        double da = along(dx, dz);
        double db = across(dx, dz);
        // The ray is within the three slabs between opposite faces from the last entry to the first exit.
        double ta = -a / da;
        double tb = -b / db;
        double tc = -c / dy;
        double wa = half / Math.abs(da);
        double wb = half / Math.abs(db);
        double wc = half / Math.abs(dy);
        double enter = Math.max(Math.max(ta - wa, tb - wb), tc - wc);
        double exit = Math.min(Math.min(ta + wa, tb + wb), tc + wc);
        return enter > NEAREST && enter < exit ? enter : Double.POSITIVE_INFINITY;
    }

    @Override
    public void normal(double px, double py, double pz, double[] normal) {
        double a = rounded(along(px - x, pz - z));
        double b = rounded(across(px - x, pz - z));
        double c = rounded(py - half);
        double scale = 1 / Math.sqrt(a * a + b * b + c * c);
        normal[0] = (cos * a - sin * b) * scale;
        normal[1] = c * scale;
        normal[2] = (sin * a + cos * b) * scale;
    }

    /** 0 inside a face, rising to ±1 on the edge and on the face that faces this way. */
    private double rounded(double q) {
        double beyond = (Math.abs(q) / half - (1 - BEVEL)) / BEVEL;
        return beyond <= 0 ? 0 : Math.copySign(Math.min(1, beyond * beyond), q);
    }

    @Override
    public int face(double px, double py, double pz) {
        double a = Math.abs(along(px - x, pz - z));
        double b = Math.abs(across(px - x, pz - z));
        double c = Math.abs(py - half);
        return c >= a && c >= b ? 0 : a >= b ? 1 : 2;
    }
}
