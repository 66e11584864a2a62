package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;

/**
 * The rule that fixes how difficult referring expressions are: every word is needed, and none gives the object away.
 *
 * <ol>
 *   <li>The expression fits exactly one object, and so does every noun phrase within it.
 *   <li>Without any one of its attributes or ties, wherever it stands, the expression fits two objects or more.
 *   <li>Every attribute of a noun phrase is shared by at least one object that the phrase does not mean.
 * </ol>
 */
public final class MinimalityRule {
    private MinimalityRule() {}

    /** Whether a description keeps the rule in a scene. */
    public static boolean holds(Description d, Reading reading) {
        for (Description shorter : d.shortened()) {
            if (Integer.bitCount(reading.denotation(shorter)) < 2) {
                return false;
            }
        }
        return isDefinite(d, reading);
    }

    private static boolean isDefinite(Description d, Reading reading) {
        int meant = reading.denotation(d);
        if (Integer.bitCount(meant) != 1) {
            return false;
        }
        for (Attribute a : d.attributes()) {
            if ((reading.having(a) & ~meant) == 0) {
                return false;
            }
        }
        for (Description.Link link : d.links()) {
            if (!isDefinite(link.other(), reading)) {
                return false;
            }
        }
        return true;
    }
}
