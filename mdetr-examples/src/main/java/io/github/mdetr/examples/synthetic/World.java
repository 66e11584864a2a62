package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.render.SceneRenderer;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneGenerator;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An endless row of scenes that a seed makes, and what can be said of them. Any scene can be made by itself, on any thread:
 * training needs neither files nor those before.
 *
 * <pre>{@code
 * World world = new World(1, SceneOptions.SMALL);
 * RenderedScene sample = world.scene(0);
 * Caption caption = sample.captioner(random).caption(CaptionKind.RELATION); // null where the scene has none
 * }</pre>
 */
public final class World {
    /** Captions must not depend on the numbers that made their scene. */
    private static final long CAPTIONS = 0x63617074696f6e73L;

    private final long seed;
    private final SceneGenerator generator;

    /** The world of a seed. */
    public World(long seed, SceneOptions options) {
        this.seed = seed;
        this.generator = new SceneGenerator(seed, options);
    }

    /**
     * The scene of that index with its picture; always the same.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public RenderedScene scene(long index) {
        Scene scene = generator.generate(index);
        return new RenderedScene(index, scene, SceneRenderer.render(scene));
    }

    /**
     * The same without the picture, which takes most of the time.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public Scene unrendered(long index) {
        return generator.generate(index);
    }

    /** What writes the captions that belong to a scene in files: always the same, asked for in the same order. */
    public Captioner captioner(long index, Scene scene) {
        return new Captioner(scene, Draws.of(seed ^ CAPTIONS, index));
    }

    /** An endless row of texts of every kind, such as to make a vocabulary from. */
    public Stream<String> texts() {
        return LongStream.iterate(0, i -> i + 1).boxed().flatMap(this::texts);
    }

    private Stream<String> texts(long index) {
        Captioner captioner = captioner(index, unrendered(index));
        return Stream.of(CaptionKind.values())
                .map(captioner::caption)
                .filter(Objects::nonNull)
                .map(Caption::text);
    }
}
