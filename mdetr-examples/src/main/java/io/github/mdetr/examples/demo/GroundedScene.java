package io.github.mdetr.examples.demo;

import io.github.mdetr.examples.synthetic.RenderedScene;
import java.util.List;

/**
 * A scene and what was found in it.
 *
 * @param scene the scene
 * @param captions what was said of it
 */
public record GroundedScene(RenderedScene scene, List<GroundedCaption> captions) {
    /** Copies the list. */
    public GroundedScene {
        captions = List.copyOf(captions);
    }
}
