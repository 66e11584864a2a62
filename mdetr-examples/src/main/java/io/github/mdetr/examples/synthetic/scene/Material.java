package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** What an object is made of. */
public enum Material implements Attribute {
    /** Dull. */
    RUBBER("matte"),
    /** A tinted mirror. */
    METAL("shiny");

    private final List<String> synonyms;

    Material(String... synonyms) {
        this.synonyms = List.of(synonyms);
    }

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
        return synonyms;
    }
}
