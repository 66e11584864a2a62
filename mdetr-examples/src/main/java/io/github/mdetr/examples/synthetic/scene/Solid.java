package io.github.mdetr.examples.synthetic.scene;

/** The body of an object: where a ray meets it, and which way its surface faces there. */
public sealed interface Solid permits Ball, Block, Drum {
    /** No ray meets it nearer than this, in units of the world. */
    double NEAREST = 1e-6;

    /** Depth of its centre line. */
    double z();

    /** Position of its centre line to the right. */
    double x();

    /** Height above the floor. */
    double height();

    /** How far it reaches from its centre line, in any direction along the floor. */
    double reach();

    /**
     * Where a ray meets it first.
     *
     * @param ox the ray's origin, outside the body; oy and oz likewise
     * @param dx its direction, of length 1; dy and dz likewise
     * @return the distance, infinite when they do not meet
     */
    double hit(double ox, double oy, double oz, double dx, double dy, double dz);

    /**
     * The direction that its surface faces, edges being a little rounded.
     *
     * @param px a point on the surface; py and pz likewise
     * @param normal receives x, y and z, of length 1
     */
    void normal(double px, double py, double pz, double[] normal);

    /** Which of its smooth faces a point of the surface lies on: a number from 0 to 3. */
    int face(double px, double py, double pz);

    /** The body of that shape on the floor. The three shapes look about equally large. */
    static Solid of(Shape shape, Size size, double x, double z, double turn) {
        double radius = size == Size.LARGE ? 0.7 : 0.35;
        return switch (shape) {
            case SPHERE -> new Ball(x, z, radius);
            case CUBE -> new Block(x, z, 0.8 * radius, StrictMath.sin(turn), StrictMath.cos(turn));
            case CYLINDER -> new Drum(x, z, 0.84 * radius, 1.6 * radius);
        };
    }
}
