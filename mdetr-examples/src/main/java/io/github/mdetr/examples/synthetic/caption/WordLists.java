package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Words for attributes, each naming the objects that have it: "metal small red rubber cube". A first reader: with the words
 * always in one order what is to be learned is how attributes look, in any order that words have a meaning, and only then that
 * words stand together.
 */
final class WordLists {
    /** How often a word is there that fits no object. */
    private static final double ABSENT = 0.5;

    private WordLists() {}

    /** Every word in CLEVR's order. */
    static Caption inOrder(Reading reading) {
        return write(all(), reading, Attribute::word);
    }

    /** All that fit an object and some that fit none, in any order and with synonyms. */
    static Caption shuffled(Reading reading, Wording wording, Draws draws) {
        List<Attribute> words = new ArrayList<>(all());
        words.removeIf(a -> reading.having(a) == 0 && !draws.chance(ABSENT));
        return write(draws.shuffled(words), reading, wording::word);
    }

    private static List<Attribute> all() {
        List<Attribute> all = new ArrayList<>();
        for (Attribute.Kind kind : Attribute.Kind.values()) {
            all.addAll(kind.all());
        }
        return all;
    }

    private static Caption write(List<Attribute> words, Reading reading, Function<Attribute, String> word) {
        CaptionText text = new CaptionText();
        for (Attribute a : words) {
            text.mention(word.apply(a), Reading.indices(reading.having(a)), Role.TARGET);
        }
        return text.done(CaptionKind.PACKED, null);
    }
}
