package io.github.mdetr.examples.synthetic.render;

import io.github.mdetr.examples.synthetic.scene.Camera;
import io.github.mdetr.examples.synthetic.scene.InstanceMap;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.Solid;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;

/**
 * Draws a scene by casting rays. Arithmetic alone decides every pixel, with neither fonts nor the shape rasterizer of the
 * platform, so a scene has the same bytes on every machine. {@link RgbImage#toBufferedImage()} gives it to Java2D.
 *
 * <p>A pixel within a face is one ray; one on an edge is the mean of {@value #GRID} × {@value #GRID}.
 */
public final class SceneRenderer {
    private static final int GRID = 3;

    private final Scene scene;
    private final Camera camera;
    private final InstanceMap instances;
    private final int width;
    private final int height;
    private final Floor floor;
    private final Surface surface;
    private final byte[] face;
    private final double[] ray = new double[3];
    private final double[] sum = new double[3];

    private SceneRenderer(Scene scene) {
        this.scene = scene;
        this.camera = scene.camera();
        this.instances = scene.instances();
        ImageSize size = scene.size();
        this.width = size.width();
        this.height = size.height();
        this.floor = Floor.of(scene);
        this.surface = new Surface(scene);
        this.face = new byte[width * height];
    }

    /** The picture of a scene, of its size. */
    public static RgbImage render(Scene scene) {
        return new SceneRenderer(scene).render();
    }

    private RgbImage render() {
        double[] light = new double[width * height * 3];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at++) {
                int object = instances.at(x, y);
                sum[0] = 0;
                sum[1] = 0;
                sum[2] = 0;
                if (object < 0) {
                    addFloor(x, y);
                } else {
                    camera.ray(x + 0.5, y + 0.5, ray);
                    face[at] = (byte) (4 * object
                            + 1
                            + add(
                                    object,
                                    surface.solid(object)
                                            .hit(0, camera.eyeY(), camera.eyeZ(), ray[0], ray[1], ray[2])));
                }
                System.arraycopy(sum, 0, light, 3 * at, 3);
            }
        }
        byte[] rgb = new byte[light.length];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at++) {
                if (isEdge(x, y)) {
                    smooth(x, y);
                    System.arraycopy(sum, 0, light, 3 * at, 3);
                }
                for (int c = 0; c < 3; c++) {
                    rgb[3 * at + c] = ToneCurve.encode(light[3 * at + c]);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private void addFloor(int x, int y) {
        double gray = floor.at(x, y);
        sum[0] += 1.01 * gray;
        sum[1] += gray;
        sum[2] += 0.985 * gray;
    }

    /** Adds the light of an object at a distance along the ray, and tells which of its faces that is. */
    private int add(int object, double t) {
        double px = t * ray[0];
        double py = camera.eyeY() + t * ray[1];
        double pz = camera.eyeZ() + t * ray[2];
        surface.add(object, px, py, pz, ray, sum);
        return surface.solid(object).face(px, py, pz);
    }

    private boolean isEdge(int x, int y) {
        int at = y * width + x;
        int here = face[at];
        return (x > 0 && face[at - 1] != here)
                || (x < width - 1 && face[at + 1] != here)
                || (y > 0 && face[at - width] != here)
                || (y < height - 1 && face[at + width] != here);
    }

    /** The mean over the pixel; only objects that are seen in it or beside it come into question. */
    private void smooth(int x, int y) {
        int candidates = 0;
        for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
            for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                int object = instances.at(u, v);
                candidates |= object < 0 ? 0 : 1 << object;
            }
        }
        sum[0] = 0;
        sum[1] = 0;
        sum[2] = 0;
        for (int j = 0; j < GRID; j++) {
            for (int i = 0; i < GRID; i++) {
                camera.ray(x + (i + 0.5) / GRID, y + (j + 0.5) / GRID, ray);
                addNearest(candidates, x, y);
            }
        }
        for (int c = 0; c < 3; c++) {
            sum[c] /= GRID * GRID;
        }
    }

    private void addNearest(int candidates, int x, int y) {
        int nearest = InstanceMap.FLOOR;
        double distance = Double.POSITIVE_INFINITY;
        for (int i = 0; i < scene.objects().size(); i++) {
            if (((candidates >> i) & 1) != 0) {
                Solid solid = surface.solid(i);
                double t = solid.hit(0, camera.eyeY(), camera.eyeZ(), ray[0], ray[1], ray[2]);
                if (t < distance) {
                    distance = t;
                    nearest = i;
                }
            }
        }
        if (nearest < 0) {
            addFloor(x, y);
        } else {
            add(nearest, distance);
        }
    }
}
