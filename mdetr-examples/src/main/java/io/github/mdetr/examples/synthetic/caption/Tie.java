package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Relation;
import io.github.mdetr.examples.synthetic.scene.Scene;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What ties an object to another one in a description. */
public enum Tie {
    /** Further left. */
    LEFT(Relation.LEFT, null),
    /** Further right. */
    RIGHT(Relation.RIGHT, null),
    /** Nearer to the viewer. */
    FRONT(Relation.FRONT, null),
    /** Further away from the viewer. */
    BEHIND(Relation.BEHIND, null),
    /** As large. */
    SAME_SIZE(null, Attribute.Kind.SIZE),
    /** Of one colour. */
    SAME_COLOR(null, Attribute.Kind.COLOR),
    /** Of one material. */
    SAME_MATERIAL(null, Attribute.Kind.MATERIAL),
    /** Of one form. */
    SAME_SHAPE(null, Attribute.Kind.SHAPE);

    private final @Nullable Relation relation;
    private final Attribute.@Nullable Kind common;

    Tie(@Nullable Relation relation, Attribute.@Nullable Kind common) {
        this.relation = relation;
        this.common = common;
    }

    /** The ties of space. */
    static List<Tie> spatial() {
        return only(true);
    }

    /** The ties of common attributes. */
    static List<Tie> same() {
        return only(false);
    }

    private static List<Tie> only(boolean spatial) {
        List<Tie> ties = new ArrayList<>(Arrays.asList(values()));
        ties.removeIf(t -> (t.relation != null) != spatial);
        return ties;
    }

    /** The kind of attribute that both have; null for a tie of space. */
    public Attribute.@Nullable Kind common() {
        return common;
    }

    /** Ways to say it, between the one and the other object. */
    public List<String> words() {
        return switch (this) {
            case LEFT -> List.of("left of", "to the left of", "on the left side of");
            case RIGHT -> List.of("right of", "to the right of", "on the right side of");
            case FRONT -> List.of("in front of");
            case BEHIND -> List.of("behind");
            case SAME_SIZE -> List.of("the same size as");
            case SAME_COLOR -> List.of("the same color as");
            case SAME_MATERIAL -> List.of("the same material as");
            case SAME_SHAPE -> List.of("the same shape as");
        };
    }

    /** Whether object i is tied so to object j. */
    boolean holds(Scene scene, int i, int j) {
        if (i == j) {
            return false;
        }
        return relation != null
                ? scene.holds(relation, i, j)
                : common != null
                        && scene.objects().get(i).attribute(common)
                                == scene.objects().get(j).attribute(common);
    }
}
