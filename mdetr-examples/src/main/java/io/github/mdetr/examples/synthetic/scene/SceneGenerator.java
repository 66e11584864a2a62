package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.image.ImageSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes scenes. Each depends on the seed and its index alone, so any of them can be made without those before it.
 *
 * <p>As in CLEVR (Johnson et al., CVPR 2017, supplement A), a scene is drawn again until every object is seen well enough
 * and no relation is a close call. Many objects are made like another one, so that captions need more than one word to tell
 * them apart.
 */
public final class SceneGenerator {
    /** An object shows at least this share of itself, */
    static final double LEAST_VISIBILITY = 0.4;

    /** and covers at least this share of the image: 45 pixels of 160 × 128. */
    static final double LEAST_AREA = 0.0022;

    /** Between any two centres, as a share of the image's width. */
    static final double GAP_ACROSS = 0.05;

    /** Between the depths of any two, in units of the world. */
    static final double GAP_IN_DEPTH = 0.4;

    /** Between the bodies of any two, in units of the world. */
    private static final double GAP = 0.15;

    /** Between an object and the edge of the image, as a share of the height. */
    private static final double MARGIN = 0.015;

    private static final int PLACES = 40;
    private static final int PATIENCE = 200;

    private final long seed;
    private final SceneOptions options;

    /** The scenes of a seed. */
    public SceneGenerator(long seed, SceneOptions options) {
        this.seed = seed;
        this.options = options;
    }

    /**
     * The scene of that index.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public Scene generate(long index) {
        if (index < 0) {
            throw new IllegalArgumentException("index of a scene: expected 0 or more, got " + index);
        }
        Draws draws = Draws.of(seed, index);
        int objects = options.fewest() + draws.below(options.most() - options.fewest() + 1);
        // One that does not come in hundreds of attempts is too crowded: with fewer objects it will.
        for (int attempt = 1; ; attempt++) {
            Scene scene = attempt(Math.max(options.fewest(), objects - attempt / PATIENCE), draws);
            if (scene != null) {
                return scene;
            }
        }
    }

    private @Nullable Scene attempt(int objects, Draws draws) {
        Camera camera = camera(options.size(), draws);
        Scene.Light light = light(draws);
        List<Looks> looks = looks(objects, draws);
        double spread = draws.uniform(0.5, 1);
        List<Solid> solids = new ArrayList<>();
        for (Looks l : looks) {
            Solid solid = place(l, solids, camera, spread, draws);
            if (solid == null) {
                return null;
            }
            solids.add(solid);
        }
        InstanceMap instances = InstanceMap.trace(camera, solids);
        if (!instances.isInOrder()) {
            return null;
        }
        List<InstanceMap.Extent> extents = instances.extents();
        List<SceneObject> seen = new ArrayList<>();
        for (int i = 0; i < objects; i++) {
            int pixels = extents.get(i).pixels();
            double visibility = (double) pixels / instances.unoccludedPixels(i);
            if (visibility < LEAST_VISIBILITY
                    || pixels < LEAST_AREA * options.size().pixels()) {
                return null;
            }
            Looks l = looks.get(i);
            seen.add(new SceneObject(
                    l.size,
                    l.color,
                    l.material,
                    l.shape,
                    solids.get(i),
                    extents.get(i).box(),
                    pixels,
                    visibility));
        }
        return new Scene(camera, light, seen, instances);
    }

    /** It shows about as much of the floor whatever the image's form. */
    private static Camera camera(ImageSize size, Draws draws) {
        double aspect = (double) size.width() / size.height();
        double halfHeight = draws.uniform(2.8, 3.1) * Math.max(1, 1.25 / aspect);
        return new Camera(size, StrictMath.toRadians(draws.uniform(27, 34)), draws.uniform(17, 19), halfHeight);
    }

    /** From above, from one side, and rather from the front. */
    private static Scene.Light light(Draws draws) {
        double x = draws.uniform(0.35, 0.75) * (draws.chance(0.5) ? 1 : -1);
        double z = draws.uniform(-0.65, -0.15);
        double length = Math.sqrt(x * x + 1 + z * z);
        return new Scene.Light(x / length, 1 / length, z / length);
    }

    /** The attributes of an object to be. */
    private record Looks(Size size, Color color, Material material, Shape shape) {
        static Looks draw(Draws draws) {
            return new Looks(
                    draws.pick(List.of(Size.values())),
                    draws.pick(List.of(Color.values())),
                    draws.pick(List.of(Material.values())),
                    draws.pick(List.of(Shape.values())));
        }

        Looks with(Attribute a) {
            return new Looks(
                    a instanceof Size s ? s : size,
                    a instanceof Color c ? c : color,
                    a instanceof Material m ? m : material,
                    a instanceof Shape f ? f : shape);
        }
    }

    /** Half of the objects are like one before them but for one or two attributes. */
    private static List<Looks> looks(int objects, Draws draws) {
        List<Looks> looks = new ArrayList<>();
        while (looks.size() < objects) {
            if (looks.isEmpty() || draws.chance(0.5)) {
                looks.add(Looks.draw(draws));
            } else {
                Looks like = draws.pick(looks);
                for (int changes = 1 + draws.below(2); changes > 0; changes--) {
                    like = like.with(draws.pick(
                            draws.pick(List.of(Attribute.Kind.values())).all()));
                }
                looks.add(like);
            }
        }
        // The first is never a variant: without this, what an object is would tell how many are like it.
        return draws.shuffled(looks);
    }

    private static @Nullable Solid place(Looks looks, List<Solid> others, Camera camera, double spread, Draws draws) {
        for (int i = 0; i < PLACES; i++) {
            double x = spread * draws.uniform(-4.5, 4.5);
            double z = spread * draws.uniform(-3.9, 3.6);
            Solid solid = Solid.of(looks.shape, looks.size, x, z, draws.uniform(0, 0.5 * Math.PI));
            if (isInside(solid, camera) && others.stream().allMatch(o -> isApart(solid, o, camera))) {
                return solid;
            }
        }
        return null;
    }

    private static boolean isInside(Solid solid, Camera camera) {
        Frame frame = Frame.around(solid, camera);
        int width = camera.size().width();
        int height = camera.size().height();
        double margin = MARGIN * height;
        return frame.left() >= margin
                && frame.top() >= margin
                && frame.right() <= width - margin
                && frame.bottom() <= height - margin;
    }

    private static boolean isApart(Solid a, Solid b, Camera camera) {
        double dx = a.x() - b.x();
        double dz = a.z() - b.z();
        double room = a.reach() + b.reach() + GAP;
        double across = Relation.imageX(camera, a) - Relation.imageX(camera, b);
        return dx * dx + dz * dz >= room * room
                && Math.abs(dz) >= GAP_IN_DEPTH
                && Math.abs(across) >= GAP_ACROSS * camera.size().width();
    }
}
