package io.github.mdetr.examples.synthetic.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.scene.Color;
import io.github.mdetr.examples.synthetic.scene.InstanceMap;
import io.github.mdetr.examples.synthetic.scene.Material;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneGenerator;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneRendererTest {
    /** The same on every machine and release of Java: whoever changes a picture changes what was trained on it. */
    @ParameterizedTest
    @CsvSource({"1,160,128,2999882826", "2,480,320,3975989508"})
    void picturesAreThoseOfTheSeed(long seed, int width, int height, long expected) {
        CRC32 crc = new CRC32();
        SceneGenerator generator = new SceneGenerator(seed, SceneOptions.of(new ImageSize(width, height)));
        for (int i = 0; i < 20; i++) {
            crc.update(SceneRenderer.render(generator.generate(i)).rgb());
        }
        assertEquals(expected, crc.getValue());
    }

    /** Of the eight colours, that of an object is the nearest to what its pixels show, light and shadow set aside. */
    @Test
    void objectsShowTheirColor() {
        int right = 0;
        int all = 0;
        SceneGenerator generator = new SceneGenerator(5, SceneOptions.SMALL);
        for (int s = 0; s < 100; s++) {
            Scene scene = generator.generate(s);
            RgbImage image = SceneRenderer.render(scene);
            for (int i = 0; i < scene.objects().size(); i++) {
                double[] mean = mean(image, scene, i);
                Color nearest = Color.GRAY;
                for (Color c : Color.values()) {
                    nearest = difference(mean, c) < difference(mean, nearest) ? c : nearest;
                }
                right += nearest == scene.objects().get(i).color() ? 1 : 0;
                all++;
            }
        }
        assertTrue(right > 0.9 * all, right + " of " + all);
    }

    private static double[] mean(RgbImage image, Scene scene, int object) {
        double[] sum = new double[4];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (scene.instances().at(x, y) == object) {
                    int rgb = image.pixel(x, y);
                    sum[0] += rgb >> 16;
                    sum[1] += (rgb >> 8) & 0xff;
                    sum[2] += rgb & 0xff;
                    sum[3]++;
                }
            }
        }
        return new double[] {sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]};
    }

    /** After the best change of brightness between 0.6 and 1.6. */
    private static double difference(double[] mean, Color color) {
        int[] c = {color.rgb() >> 16, (color.rgb() >> 8) & 0xff, color.rgb() & 0xff};
        double both = mean[0] * c[0] + mean[1] * c[1] + mean[2] * c[2];
        double own = c[0] * c[0] + c[1] * c[1] + c[2] * c[2];
        double gain = Math.max(0.6, Math.min(1.6, both / own));
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            sum += (mean[i] - gain * c[i]) * (mean[i] - gain * c[i]);
        }
        return sum;
    }

    /** How much neighbours within an object differ: mirrors have highlights and reflections, dull bodies have not. */
    @Test
    void metalIsToldFromRubber() {
        double[] sum = new double[2];
        int[] count = new int[2];
        SceneGenerator generator = new SceneGenerator(6, SceneOptions.SMALL);
        for (int s = 0; s < 150; s++) {
            Scene scene = generator.generate(s);
            RgbImage image = SceneRenderer.render(scene);
            for (int i = 0; i < scene.objects().size(); i++) {
                SceneObject object = scene.objects().get(i);
                int material = object.material() == Material.METAL ? 1 : 0;
                sum[material] += roughness(image, scene.instances(), i);
                count[material]++;
            }
        }
        double rubber = sum[0] / count[0];
        double metal = sum[1] / count[1];
        assertTrue(metal > 2 * rubber, "metal " + metal + ", rubber " + rubber);
    }

    private static double roughness(RgbImage image, InstanceMap instances, int object) {
        double sum = 0;
        int n = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 1; x < image.width(); x++) {
                if (instances.at(x, y) == object && instances.at(x - 1, y) == object) {
                    sum += Math.abs(((image.pixel(x, y) >> 8) & 0xff) - ((image.pixel(x - 1, y) >> 8) & 0xff));
                    n++;
                }
            }
        }
        return sum / n;
    }

    /** The floor beside an object, on the side away from the light, is darker than on the side towards it. */
    @Test
    void shadowsFallAwayFromTheLight() {
        int darker = 0;
        int all = 0;
        SceneGenerator generator = new SceneGenerator(7, SceneOptions.SMALL);
        for (int s = 0; s < 100; s++) {
            Scene scene = generator.generate(s);
            Floor floor = Floor.of(scene);
            for (SceneObject o : scene.objects()) {
                double reach = 1.25 * o.solid().reach();
                double toLight = Math.copySign(reach, scene.light().x());
                all++;
                darker += at(floor, scene, o.x() - toLight, o.z()) < at(floor, scene, o.x() + toLight, o.z()) ? 1 : 0;
            }
        }
        assertTrue(darker > 0.85 * all, darker + " of " + all);
    }

    private static double at(Floor floor, Scene scene, double x, double z) {
        int px = (int) scene.camera().projectX(x, 0, z);
        int py = (int) scene.camera().projectY(0, z);
        return floor.at(
                Math.max(0, Math.min(scene.size().width() - 1, px)),
                Math.max(0, Math.min(scene.size().height() - 1, py)));
    }

    @Test
    void everyByteIsReachedByTheCurveInOrder() {
        int last = 0;
        for (int i = 0; i <= 3000; i++) {
            int value = ToneCurve.encode(i / 1000.0) & 0xff;
            assertTrue(value >= last);
            last = value;
        }
        assertTrue(last > 230);
        for (int v = 0; v < 220; v++) {
            assertEquals(v, ToneCurve.encode(ToneCurve.decode(v)) & 0xff, 2);
        }
    }
}
