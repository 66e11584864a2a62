package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** What an object is made of. */
public enum Material implements Attribute {
    /** Dull. */
    RUBBER,
    /** A tinted mirror. */
    METAL;

    @Override
    public Kind kind() {
        return Kind.MATERIAL;
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> synonyms() {
        return List.of(this == RUBBER ? "matte" : "shiny");
    }
}
