package io.github.mdetr.examples.synthetic.scene;

import java.util.List;
import java.util.Locale;

/** A property of an object that a caption can name. */
public sealed interface Attribute permits Size, Color, Material, Shape {
    /** What sort of property; the order is that of the words before a noun, and the noun. */
    enum Kind {
        /** Small or large. */
        SIZE,
        /** One of eight. */
        COLOR,
        /** Rubber or metal. */
        MATERIAL,
        /** Cube, sphere or cylinder: the noun. */
        SHAPE;

        /** All its values, in the order of CLEVR's answers. */
        public List<Attribute> all() {
            return switch (this) {
                case SIZE -> List.of(Size.values());
                case COLOR -> List.of(Color.values());
                case MATERIAL -> List.of(Material.values());
                case SHAPE -> List.of(Shape.values());
            };
        }

        /** What a question calls it, such as {@code color}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What sort of property it is. */
    Kind kind();

    /** CLEVR's word for it, which is also the answer to a question, such as {@code red}. */
    String word();

    /** Other words for the same, none where there is none. */
    List<String> synonyms();
}
