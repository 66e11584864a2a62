package io.github.mdetr.examples.synthetic.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImageSize;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneGeneratorTest {
    private static final int SCENES = 300;

    private static List<Scene> scenes(SceneOptions options, int n) {
        SceneGenerator generator = new SceneGenerator(11, options);
        List<Scene> scenes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            scenes.add(generator.generate(i));
        }
        return scenes;
    }

    @Test
    void aSceneDependsOnSeedAndIndexAlone() {
        SceneGenerator one = new SceneGenerator(3, SceneOptions.SMALL);
        one.generate(0);
        one.generate(1);
        SceneGenerator other = new SceneGenerator(3, SceneOptions.SMALL);
        assertEquals(one.generate(7).objects(), other.generate(7).objects());
        assertNotEquals(one.generate(7).objects(), one.generate(8).objects());
        assertNotEquals(
                one.generate(7).objects(),
                new SceneGenerator(4, SceneOptions.SMALL).generate(7).objects());
    }

    @Test
    void masksAndBoxesAgreeAndCountVisiblePixels() {
        for (Scene scene : scenes(SceneOptions.SMALL, SCENES)) {
            int width = scene.size().width();
            for (int i = 0; i < scene.objects().size(); i++) {
                SceneObject object = scene.objects().get(i);
                boolean[] mask = scene.instances().mask(i);
                int[] box = {Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0};
                int count = 0;
                for (int p = 0; p < mask.length; p++) {
                    assertEquals(mask[p], scene.instances().at(p % width, p / width) == i);
                    if (mask[p]) {
                        count++;
                        box[0] = Math.min(box[0], p % width);
                        box[1] = Math.min(box[1], p / width);
                        box[2] = Math.max(box[2], p % width + 1);
                        box[3] = Math.max(box[3], p / width + 1);
                    }
                }
                assertEquals(new PixelBox(box[0], box[1], box[2], box[3]), object.box());
                assertEquals(count, object.visiblePixels());
                assertEquals((double) count / scene.instances().unoccludedPixels(i), object.visibility(), 1e-12);
            }
        }
    }

    @Test
    void whatIsInFrontHidesWhatIsBehindIt() {
        int hidden = 0;
        for (Scene scene : scenes(SceneOptions.SMALL, SCENES)) {
            List<Solid> solids =
                    scene.objects().stream().map(SceneObject::solid).toList();
            for (int i = 0; i < solids.size(); i++) {
                InstanceMap alone = InstanceMap.trace(scene.camera(), List.of(solids.get(i)));
                assertEquals(alone.extents().get(0).pixels(), scene.instances().unoccludedPixels(i));
                boolean[] whole = alone.mask(0);
                for (int p = 0; p < whole.length; p++) {
                    int seen = scene.instances()
                            .at(p % scene.size().width(), p / scene.size().width());
                    if (whole[p] && seen != i) {
                        hidden++;
                        assertTrue(
                                seen >= 0
                                        && solids.get(seen).z() < solids.get(i).z(),
                                "hidden by what is behind");
                    }
                }
            }
        }
        assertTrue(hidden > 1000, "partial occlusion is part of the world, got " + hidden + " hidden pixels");
    }

    @ParameterizedTest
    @CsvSource({"160,128", "480,320", "96,160", "64,64", "256,128"})
    void objectsCanBeToldApart(int width, int height) {
        SceneOptions options = SceneOptions.of(new ImageSize(width, height));
        Set<Integer> counts = new HashSet<>();
        for (Scene scene : scenes(options, 60)) {
            List<SceneObject> objects = scene.objects();
            counts.add(objects.size());
            for (SceneObject a : objects) {
                assertTrue(a.visibility() >= SceneGenerator.LEAST_VISIBILITY);
                assertTrue(a.visiblePixels() >= SceneGenerator.LEAST_AREA * width * height);
                assertTrue(a.box().x0() >= 0 && a.box().y0() >= 0);
                assertTrue(a.box().x1() <= width && a.box().y1() <= height);
                for (SceneObject b : objects) {
                    double across =
                            Relation.imageX(scene.camera(), a.solid()) - Relation.imageX(scene.camera(), b.solid());
                    assertTrue(a.equals(b) || Math.abs(across) >= SceneGenerator.GAP_ACROSS * width);
                    assertTrue(a.equals(b) || Math.abs(a.z() - b.z()) >= SceneGenerator.GAP_IN_DEPTH);
                }
            }
        }
        assertEquals(Set.of(3, 4, 5, 6, 7, 8), counts);
    }

    /** Wherever they stand: the area of the smallest large one beside that of the largest small one, in any two scenes. */
    @Test
    void largeLooksLargerThanSmallWhateverTheDepth() {
        double smallest = Double.MAX_VALUE;
        double largest = 0;
        for (Scene scene : scenes(SceneOptions.SMALL, 1000)) {
            for (int i = 0; i < scene.objects().size(); i++) {
                int pixels = scene.instances().unoccludedPixels(i);
                if (scene.objects().get(i).size() == Size.LARGE) {
                    smallest = Math.min(smallest, pixels);
                } else {
                    largest = Math.max(largest, pixels);
                }
            }
        }
        assertTrue(smallest > 1.2 * largest, "large from " + smallest + " pixels, small up to " + largest);
    }

    @Test
    void attributesAreDrawnEvenly() {
        int[] colors = new int[Color.values().length];
        int objects = 0;
        for (Scene scene : scenes(SceneOptions.SMALL, 1000)) {
            for (SceneObject o : scene.objects()) {
                colors[List.of(Color.values()).indexOf(o.color())]++;
                objects++;
            }
        }
        for (int count : colors) {
            assertEquals(objects / 8.0, count, 0.15 * objects / 8.0);
        }
    }

    @Test
    void relationsAreOppositeInPairs() {
        for (Scene scene : scenes(SceneOptions.SMALL, 50)) {
            for (int i = 0; i < scene.objects().size(); i++) {
                assertTrue(!scene.holds(Relation.LEFT, i, i));
                for (int j = 0; j < i; j++) {
                    assertTrue(scene.holds(Relation.LEFT, i, j) ^ scene.holds(Relation.RIGHT, i, j));
                    assertTrue(scene.holds(Relation.FRONT, i, j) ^ scene.holds(Relation.BEHIND, i, j));
                    assertEquals(scene.holds(Relation.LEFT, i, j), scene.holds(Relation.RIGHT, j, i));
                    assertEquals(
                            scene.holds(Relation.FRONT, i, j),
                            scene.objects().get(i).solid().z()
                                    < scene.objects().get(j).solid().z());
                }
            }
        }
    }

    @Test
    void refusesWhatIsOutOfRange() {
        for (ImageSize size : List.of(new ImageSize(63, 64), new ImageSize(4000, 3000), new ImageSize(400, 100))) {
            String message = assertThrows(IllegalArgumentException.class, () -> SceneOptions.of(size))
                    .getMessage();
            assertTrue(message.contains("expected") && message.contains("got " + size), message);
        }
        ImageSize size = new ImageSize(160, 128);
        assertThrows(IllegalArgumentException.class, () -> new SceneOptions(size, 2, 5));
        assertThrows(IllegalArgumentException.class, () -> new SceneOptions(size, 3, 9));
        assertThrows(IllegalArgumentException.class, () -> new SceneOptions(size, 6, 5));
        assertThrows(IllegalArgumentException.class, () -> new SceneGenerator(1, SceneOptions.SMALL).generate(-1));
    }

    @Test
    void aRayMeetsASolidOnItsSurface() {
        Draws draws = Draws.of(5, 0);
        double[] ray = new double[3];
        double[] normal = new double[3];
        Camera camera = new Camera(new ImageSize(160, 128), 0.5, 18, 3);
        int hits = 0;
        for (int i = 0; i < 3000; i++) {
            Solid solid = Solid.of(
                    draws.pick(List.of(Shape.values())), Size.LARGE, 0.3, 0.2, draws.uniform(0, 0.5 * Math.PI));
            camera.ray(draws.uniform(60, 100), draws.uniform(40, 80), ray);
            double t = solid.hit(0, camera.eyeY(), camera.eyeZ(), ray[0], ray[1], ray[2]);
            if (t < Double.POSITIVE_INFINITY) {
                hits++;
                double[] p = {t * ray[0], camera.eyeY() + t * ray[1], camera.eyeZ() + t * ray[2]};
                assertEquals(0, distance(solid, p), 1e-9);
                solid.normal(p[0], p[1], p[2], normal);
                double length = Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
                assertEquals(1, length, 1e-9);
                double[] ahead = {p[0] + 1e-3 * ray[0], p[1] + 1e-3 * ray[1], p[2] + 1e-3 * ray[2]};
                double[] back = {p[0] - 1e-3 * ray[0], p[1] - 1e-3 * ray[1], p[2] - 1e-3 * ray[2]};
                assertTrue(distance(solid, back) > distance(solid, ahead), "the first surface is entered, not left");
            }
        }
        assertTrue(hits > 500);
    }

    /** From the surface, by the definition of each body; negative inside. */
    private static double distance(Solid solid, double[] p) {
        double dx = p[0] - solid.x();
        double dz = p[2] - solid.z();
        double middle = p[1] - 0.5 * solid.height();
        if (solid instanceof Ball ball) {
            return Math.sqrt(dx * dx + middle * middle + dz * dz) - ball.radius();
        }
        double top = Math.abs(middle) - 0.5 * solid.height();
        if (solid instanceof Drum drum) {
            return Math.max(Math.hypot(dx, dz) - drum.radius(), top);
        }
        Block block = (Block) solid;
        double a = Math.abs(block.cos() * dx + block.sin() * dz) - block.half();
        double b = Math.abs(block.cos() * dz - block.sin() * dx) - block.half();
        return Math.max(Math.max(a, b), top);
    }
}
