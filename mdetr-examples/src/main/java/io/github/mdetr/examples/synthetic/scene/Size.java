package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** How large an object is; a large one is twice as large as a small one. */
public enum Size implements Attribute {
    /** Half as large. */
    SMALL,
    /** Twice as large. */
    LARGE;

    @Override
    public Kind kind() {
        return Kind.SIZE;
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> synonyms() {
        return List.of(this == SMALL ? "tiny" : "big");
    }
}
