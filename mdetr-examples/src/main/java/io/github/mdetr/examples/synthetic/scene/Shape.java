package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** What form an object has. */
public enum Shape implements Attribute {
    /** Stands on a face, turned about the vertical. */
    CUBE("block"),
    /** Touches the floor in a point. */
    SPHERE("ball"),
    /** Stands upright. */
    CYLINDER;

    private final List<String> synonyms;

    Shape(String... synonyms) {
        this.synonyms = List.of(synonyms);
    }

    @Override
    public Kind kind() {
        return Kind.SHAPE;
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> synonyms() {
        return synonyms;
    }
}
