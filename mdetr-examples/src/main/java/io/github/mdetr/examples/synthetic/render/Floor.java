package io.github.mdetr.examples.synthetic.render;

import io.github.mdetr.examples.synthetic.scene.Camera;
import io.github.mdetr.examples.synthetic.scene.Frame;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.nn.image.ImageSize;
import java.util.Arrays;

/** The light that the floor sends to each pixel where it is seen; gray, so one number. */
final class Floor {
    private static final double DIRECT = 0.33;
    private static final double SKY = 0.23;

    private final int width;
    private final double[] light;

    private Floor(int width, double[] light) {
        this.width = width;
        this.light = light;
    }

    static Floor of(Scene scene) {
        ImageSize size = scene.size();
        double[] direct = new double[Math.toIntExact(size.pixels())];
        Arrays.fill(direct, 1);
        double[] sky = direct.clone();
        Camera camera = scene.camera();
        double middle = 0.5 * size.width();
        for (SceneObject object : scene.objects()) {
            Shadow shadow = new Shadow(object.solid(), scene.light());
            Frame frame = Frame.around(shadow.middleX(), shadow.middleZ(), shadow.halfX(), shadow.halfZ(), 0, camera);
            for (int y = frame.top(); y < frame.bottom(); y++) {
                double z = camera.floorZ(y + 0.5);
                double units = camera.floorUnits(y + 0.5);
                for (int x = frame.left(); x < frame.right(); x++) {
                    double right = (x + 0.5 - middle) * units;
                    int at = y * size.width() + x;
                    direct[at] *= shadow.direct(right, z);
                    sky[at] *= shadow.sky(right, z);
                }
            }
        }
        for (int y = 0, at = 0; y < size.height(); y++) {
            double z = camera.floorZ(y + 0.5);
            double units = camera.floorUnits(y + 0.5);
            for (int x = 0; x < size.width(); x++, at++) {
                direct[at] = pool((x + 0.5 - middle) * units, z) * (DIRECT * direct[at] + SKY * sky[at]);
            }
        }
        return new Floor(size.width(), direct);
    }

    /** The light stands in the middle and grows less outwards. */
    private static double pool(double x, double z) {
        return 1.12 / (1 + 0.014 * (x * x + (z + 0.5) * (z + 0.5)));
    }

    /** At a pixel. */
    double at(int x, int y) {
        return light[y * width + x];
    }

    /** At a point, without shadows: what a mirror shows. */
    static double unshadowed(double x, double z) {
        return pool(x, z) * (DIRECT + SKY);
    }
}
