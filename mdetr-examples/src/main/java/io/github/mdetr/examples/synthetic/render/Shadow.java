package io.github.mdetr.examples.synthetic.render;

import io.github.mdetr.examples.synthetic.scene.Ball;
import io.github.mdetr.examples.synthetic.scene.Block;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.Solid;

/**
 * What a body takes from the light on the floor: its shadow, whose edge is the softer the higher what casts it, and the
 * dark where it stands. A body's shadow is its base swept away from the light; distances to that are exact for a disc and a
 * square, and a sphere needs only the distance of its centre from the ray to the light.
 */
final class Shadow {
    /** How fast the edge softens with the height of what casts it: the light is a wide one. */
    private static final double SOFTNESS = 0.16;

    private static final double SHARPEST = 0.03;

    private final Solid solid;
    private final Scene.Light light;

    /** From the base to where its top casts its shadow. */
    private final double sweepX;

    private final double sweepZ;

    Shadow(Solid solid, Scene.Light light) {
        this.solid = solid;
        this.light = light;
        this.sweepX = -light.x() / light.y() * solid.height();
        this.sweepZ = -light.z() / light.y() * solid.height();
    }

    /** Half the sides, along x and z, of a box about {@link #middleX()} and {@link #middleZ()} that holds all of it. */
    double halfX() {
        return solid.reach() * 2 + 0.5 * Math.abs(sweepX);
    }

    double halfZ() {
        return solid.reach() * 2 + 0.5 * Math.abs(sweepZ);
    }

    double middleX() {
        return solid.x() + 0.5 * sweepX;
    }

    double middleZ() {
        return solid.z() + 0.5 * sweepZ;
    }

    /** The part of the direct light that reaches a point of the floor, from 0 to 1. */
    double direct(double x, double z) {
        double dx = x - solid.x();
        double dz = z - solid.z();
        if (solid instanceof Ball ball) {
            double along = -dx * light.x() + ball.radius() * light.y() - dz * light.z();
            double squared = dx * dx + ball.radius() * ball.radius() + dz * dz - along * along;
            double edge = Math.sqrt(Math.max(0, squared)) - ball.radius();
            return along <= 0 ? 1 : step(edge, SHARPEST + SOFTNESS * along);
        }
        double length = sweepX * sweepX + sweepZ * sweepZ;
        double part = Math.max(0, Math.min(1, (dx * sweepX + dz * sweepZ) / length));
        double soft = SHARPEST + SOFTNESS * part * solid.height();
        return step(
                solid instanceof Block block ? toSweptSquare(block, dx, dz, length) : toSweptDisc(dx, dz, part), soft);
    }

    private double toSweptDisc(double dx, double dz, double part) {
        double ex = dx - part * sweepX;
        double ez = dz - part * sweepZ;
        return Math.sqrt(ex * ex + ez * ez) - solid.reach();
    }

    /** The largest distance from any of the six lines around it, negative inside. */
    private double toSweptSquare(Block block, double dx, double dz, double length) {
        double a = block.along(dx, dz);
        double b = block.across(dx, dz);
        double va = block.along(sweepX, sweepZ);
        double vb = block.across(sweepX, sweepZ);
        double h = block.half();
        double ends = Math.max(
                Math.max(a - h - Math.max(0, va), -a - h - Math.max(0, -va)),
                Math.max(b - h - Math.max(0, vb), -b - h - Math.max(0, -vb)));
        double sides = (Math.abs(a * vb - b * va) - h * (Math.abs(va) + Math.abs(vb))) / Math.sqrt(length);
        return Math.max(ends, sides);
    }

    /** 0 well inside an edge, 1 well outside, smooth between. */
    static double step(double distance, double soft) {
        double t = Math.max(0, Math.min(1, 0.5 + 0.5 * distance / soft));
        return t * t * (3 - 2 * t);
    }

    /** The part of the sky's light that reaches a point of the floor, from 0 to 1; all of it beyond {@link #halfX()}. */
    double sky(double x, double z) {
        double dx = x - solid.x();
        double dz = z - solid.z();
        double reach = solid.reach();
        double fading = 1 - (dx * dx + dz * dz) / (4 * reach * reach);
        if (fading <= 0) {
            return 1;
        }
        if (solid instanceof Ball ball) { // exact for a sphere above a plane
            double r = ball.radius();
            double squared = dx * dx + dz * dz + r * r;
            return 1 - fading * r * r * r / (squared * Math.sqrt(squared));
        }
        double out = solid instanceof Block block
                ? toSquare(block.half(), block.along(dx, dz), block.across(dx, dz))
                : Math.max(0, Math.sqrt(dx * dx + dz * dz) - reach);
        // exact for an endless wall of that height, which hides half of the sky at its foot
        double wall = 0.5 * (1 - out / Math.sqrt(out * out + solid.height() * solid.height()));
        return 1 - Math.min(1, 1.5 * fading) * wall;
    }

    private static double toSquare(double half, double a, double b) {
        double u = Math.max(0, Math.abs(a) - half);
        double v = Math.max(0, Math.abs(b) - half);
        return Math.sqrt(u * u + v * v);
    }
}
