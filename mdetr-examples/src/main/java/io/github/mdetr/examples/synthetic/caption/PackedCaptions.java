package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import java.util.ArrayList;
import java.util.List;

/** Names every object of a scene once: "a small red cube, a large sphere and two cyan cylinders". */
final class PackedCaptions {
    private PackedCaptions() {}

    static Caption write(Reading reading, Wording wording, Draws draws) {
        List<List<Attribute>> phrases = phrases(reading, draws);
        CaptionText text = new CaptionText();
        for (int i = 0; i < phrases.size(); i++) {
            if (i > 0) {
                text.add(i < phrases.size() - 1 ? "," : "and");
            }
            List<Integer> objects = Reading.indices(reading.having(phrases.get(i)));
            String noun = wording.noun(phrases.get(i), objects.size() > 1);
            text.add(Wording.number(objects.size(), noun)).mention(noun, objects, Role.TARGET);
        }
        return text.done(CaptionKind.PACKED, null);
    }

    /** Attributes that fit disjoint sets of objects, all of them together. */
    private static List<List<Attribute>> phrases(Reading reading, Draws draws) {
        List<List<Attribute>> phrases = new ArrayList<>();
        int named = 0;
        for (int object : draws.shuffled(Reading.indices(reading.all()))) {
            if (((named >> object) & 1) != 0) {
                continue;
            }
            // Objects that are all alike are named together, so with every attribute a phrase fits none named before.
            List<Attribute> order = draws.shuffled(reading.attributes(object));
            int count = 1 + draws.below(order.size());
            while ((reading.having(order.subList(0, count)) & named) != 0) {
                count++;
            }
            List<Attribute> phrase = new ArrayList<>(reading.attributes(object));
            phrase.retainAll(order.subList(0, count));
            phrases.add(phrase);
            named |= reading.having(phrase);
        }
        return phrases;
    }
}
