package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** What form an object has. */
public enum Shape implements Attribute {
    /** Stands on a face, turned about the vertical. */
    CUBE,
    /** Touches the floor in a point. */
    SPHERE,
    /** Stands upright. */
    CYLINDER;

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
        return switch (this) {
            case CUBE -> List.of("block");
            case SPHERE -> List.of("ball");
            case CYLINDER -> List.of();
        };
    }
}
