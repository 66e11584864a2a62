package io.github.mdetr.examples.synthetic.render;

import io.github.mdetr.examples.synthetic.scene.Material;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.examples.synthetic.scene.Solid;

/** The light that an object sends towards the eye. Rubber scatters it; metal is a tinted mirror. */
final class Surface {
    private static final double CEILING = 4;
    private static final double PANEL = 4;

    private final Solid[] solids;
    private final double[][] colors;
    private final boolean[] metal;
    private final Scene.Light light;
    private final double[] normal = new double[3];

    Surface(Scene scene) {
        int n = scene.objects().size();
        this.solids = new Solid[n];
        this.colors = new double[n][];
        this.metal = new boolean[n];
        this.light = scene.light();
        for (int i = 0; i < n; i++) {
            SceneObject object = scene.objects().get(i);
            int rgb = object.color().rgb();
            solids[i] = object.solid();
            colors[i] = new double[] {
                ToneCurve.decode(rgb >> 16), ToneCurve.decode(rgb >> 8 & 0xff), ToneCurve.decode(rgb & 0xff)
            };
            metal[i] = object.material() == Material.METAL;
        }
    }

    Solid solid(int index) {
        return solids[index];
    }

    /**
     * Adds the light of an object's point.
     *
     * @param index of the object
     * @param px the point; py and pz likewise
     * @param ray from the eye to it, of length 1
     * @param sum red, green and blue
     */
    void add(int index, double px, double py, double pz, double[] ray, double[] sum) {
        solids[index].normal(px, py, pz, normal);
        double facing = normal[0] * ray[0] + normal[1] * ray[1] + normal[2] * ray[2];
        double rx = ray[0] - 2 * facing * normal[0];
        double ry = ray[1] - 2 * facing * normal[1];
        double rz = ray[2] - 2 * facing * normal[2];
        double lit = lit(index, px, py, pz);
        double[] color = colors[index];
        double toLight = normal[0] * light.x() + normal[1] * light.y() + normal[2] * light.z();
        double glance = Math.max(0, rx * light.x() + ry * light.y() + rz * light.z());
        double diffuse = 0.95 * lit * Math.max(0, toLight) + ambient(index, py, normal[0], normal[1], normal[2]);
        if (!metal[index]) {
            double sheen = 0.05 * lit * power8(glance);
            for (int c = 0; c < 3; c++) {
                sum[c] += color[c] * diffuse + sheen;
            }
            return;
        }
        double sharp = power8(power8(glance));
        double spot = lit * (2.2 * sharp * sharp + 0.5 * power8(glance));
        spot += lamps(solids[index], px, pz, rx, rz) * power8(1 - normal[1] * normal[1]);
        double rim = 1 - Math.min(1, -facing);
        double rim5 = rim * rim * rim * rim * rim;
        int seen = mirrored(index, px, py, pz, rx, ry, rz);
        double around = seen < 0 ? surroundings(px, py, pz, rx, ry, rz) : 0.55;
        for (int c = 0; c < 3; c++) {
            double mirror = seen < 0 ? around : around * colors[seen][c] + 0.04;
            double tint = color[c] + (1 - color[c]) * (0.02 + 0.2 * rim5);
            sum[c] += 0.4 * color[c] * diffuse + tint * 0.95 * mirror + spot * (0.25 + 0.75 * color[c]);
        }
    }

    /** What comes from the sky and back from the floor, less of it near the floor. */
    private double ambient(int index, double py, double nx, double ny, double nz) {
        double sky = 0.34 + 0.2 * ny;
        double fill = Math.max(0, -0.6 * Math.copySign(1, light.x()) * nx + 0.3 * ny - 0.6 * nz);
        double near = Math.min(1, py / (0.7 * solids[index].height()));
        return (sky + 0.16 * fill) * (0.62 + 0.38 * near * (2 - near));
    }

    /** The part of the direct light that other objects let through; each is taken for a sphere. */
    private double lit(int index, double px, double py, double pz) {
        double lit = 1;
        for (int i = 0; i < solids.length; i++) {
            if (i != index) {
                double dx = solids[i].x() - px;
                double dz = solids[i].z() - pz;
                double r = 0.5 * solids[i].height();
                double dy = r - py;
                double along = dx * light.x() + dy * light.y() + dz * light.z();
                if (along > 0) {
                    double wide = 1.1 * r + 0.2 * along;
                    double squared = dx * dx + dy * dy + dz * dz - along * along;
                    if (squared < wide * wide) {
                        lit *= Shadow.step(Math.sqrt(squared) - 1.1 * r, 0.05 + 0.16 * along);
                    }
                }
            }
        }
        return lit;
    }

    /** Which other object a mirror shows, or −1. */
    private int mirrored(int index, double px, double py, double pz, double rx, double ry, double rz) {
        int seen = -1;
        double nearest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < solids.length; i++) {
            if (i != index) {
                double dx = solids[i].x() - px;
                double dz = solids[i].z() - pz;
                double along = dx * rx + dz * rz;
                double reach = solids[i].reach();
                if (along > 0 && (dx * dx + dz * dz) * (rx * rx + rz * rz) - along * along < reach * reach) {
                    double t = solids[i].hit(px, py, pz, rx, ry, rz);
                    if (t < nearest) {
                        nearest = t;
                        seen = i;
                    }
                }
            }
        }
        return seen;
    }

    /**
     * What a mirror shows beside objects: the floor, bright at hand and dark further off, which shades the sides of a body,
     * and a ceiling of bright panels, whose edges show on what faces up.
     */
    private static double surroundings(double px, double py, double pz, double rx, double ry, double rz) {
        if (ry < 0.02) {
            double t = Math.min(20, -py / Math.min(ry, -0.02));
            return Floor.unshadowed(px + t * rx, pz + t * rz) * (0.22 + 1.1 / (1 + 2.5 * t * t));
        }
        double t = (CEILING - py) / ry;
        double u = (px + t * rx) / PANEL;
        double v = (pz + t * rz) / PANEL;
        double panel = inPanel(u) * inPanel(v);
        double fog = 1 / (1 + 0.004 * t * t);
        return 0.1 + 1.5 * panel * fog;
    }

    /** 1 within a panel, 0 between panels, along one side of the ceiling. */
    private static double inPanel(double u) {
        double from = Math.abs(u - Math.floor(u) - 0.5);
        return Shadow.step(0.27 - from, 0.03);
    }

    /** Four tall lamps close around, which upright sides show as bright streaks. */
    private double lamps(Solid solid, double px, double pz, double rx, double rz) {
        double away = 1.2 * solid.reach() / Math.sqrt(rx * rx + rz * rz);
        double qx = px - solid.x() + away * rx;
        double qz = pz - solid.z() + away * rz;
        double cos = 0.9 * Math.copySign(1, light.x()) * qx - 0.436 * qz;
        double squared = cos * cos / (qx * qx + qz * qz);
        return 0.5
                * Shadow.step(8 * squared * squared - 8 * squared + 1 - 0.72, 0.25); // cos 4φ = 8 cos⁴φ − 8 cos²φ + 1
    }

    private static double power8(double v) {
        double v2 = v * v;
        double v4 = v2 * v2;
        return v4 * v4;
    }
}
