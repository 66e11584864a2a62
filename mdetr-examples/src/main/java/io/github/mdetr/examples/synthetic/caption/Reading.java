package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What descriptions mean in a scene: sets of its objects, as bits of an integer, the first object's the lowest. */
public final class Reading {
    private final Scene scene;
    private final int all;
    private final Map<Attribute, Integer> having = new HashMap<>();
    private final Map<Tie, int[]> tied = new EnumMap<>(Tie.class);

    /** Reads descriptions of that scene. */
    public Reading(Scene scene) {
        this.scene = scene;
        int n = scene.objects().size();
        this.all = (1 << n) - 1;
        for (int i = 0; i < n; i++) {
            for (Attribute a : scene.objects().get(i).attributes()) {
                having.merge(a, 1 << i, (one, other) -> one | other);
            }
        }
        for (Tie tie : Tie.values()) {
            int[] masks = new int[n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    masks[j] |= tie.holds(scene, i, j) ? 1 << i : 0;
                }
            }
            tied.put(tie, masks);
        }
    }

    /** The scene. */
    public Scene scene() {
        return scene;
    }

    /** Every object. */
    int all() {
        return all;
    }

    /** The objects with an attribute. */
    int having(Attribute a) {
        return having.getOrDefault(a, 0);
    }

    /** The objects with all of these attributes. */
    int having(List<Attribute> attributes) {
        int mask = all;
        for (Attribute a : attributes) {
            mask &= having(a);
        }
        return mask;
    }

    /** The objects that are tied so to at least one of the others. */
    int tied(Tie tie, int others) {
        int[] masks = tied.getOrDefault(tie, new int[0]);
        int mask = 0;
        for (int j = others; j != 0; j &= j - 1) {
            mask |= masks[Integer.numberOfTrailingZeros(j)];
        }
        return mask;
    }

    /** The objects that a description fits; where what they are tied to is not one thing, any of it will do. */
    public int denotation(Description d) {
        int mask = having(d.attributes());
        for (Description.Link link : d.links()) {
            mask &= tied(link.tie(), denotation(link.other()));
        }
        return mask;
    }

    /** The attributes of an object. */
    List<Attribute> attributes(int object) {
        return scene.objects().get(object).attributes();
    }

    SceneObject object(int object) {
        return scene.objects().get(object);
    }

    /** The indices of a set, ascending. */
    static List<Integer> indices(int mask) {
        List<Integer> indices = new ArrayList<>();
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            indices.add(Integer.numberOfTrailingZeros(rest));
        }
        return indices;
    }
}
