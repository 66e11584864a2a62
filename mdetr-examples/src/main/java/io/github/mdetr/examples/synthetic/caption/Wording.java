package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Shape;
import java.util.ArrayList;
import java.util.List;

/** Puts descriptions into words. */
final class Wording {
    private static final List<String> ANYTHING = List.of("thing", "object");
    private static final List<String> NUMBERS =
            List.of("no", "a", "two", "three", "four", "five", "six", "seven", "eight");

    private final Draws draws;
    private final double synonyms;

    /**
     * @param draws chooses among ways to say the same
     * @param synonyms how often a word is replaced by one that means the same, from 0 to 1
     */
    Wording(Draws draws, double synonyms) {
        this.draws = draws;
        this.synonyms = synonyms;
    }

    /** One of several ways to say something. */
    String oneOf(String... ways) {
        return ways[draws.below(ways.length)];
    }

    /** A word for an attribute. */
    String word(Attribute a) {
        return !a.synonyms().isEmpty() && draws.chance(synonyms) ? draws.pick(a.synonyms()) : a.word();
    }

    /** "small red cube", "metal things". */
    String noun(List<Attribute> attributes, boolean plural) {
        List<String> words = new ArrayList<>();
        String noun = draws.pick(ANYTHING);
        for (Attribute a : attributes) {
            if (a instanceof Shape) {
                noun = word(a);
            } else {
                words.add(word(a));
            }
        }
        words.add(plural ? noun + "s" : noun);
        return String.join(" ", words);
    }

    /** The article or number before a noun. */
    static String number(int n, String noun) {
        boolean vowel = "aeiou".indexOf(noun.charAt(0)) >= 0;
        return n == 1 && vowel ? "an" : NUMBERS.get(n);
    }

    /** "the cube left of the red sphere": the noun phrase is a mention of that role, those within it are intermediate. */
    void definite(CaptionText text, Description d, Role role, Reading reading) {
        text.add("the");
        text.mention(noun(d.attributes(), false), Reading.indices(reading.denotation(d)), role);
        links(text, d.links(), reading);
    }

    /** "left of the red sphere", after what it is said of. */
    private void links(CaptionText text, List<Description.Link> links, Reading reading) {
        if (links.size() == 1) {
            boolean same = links.get(0).tie().common() != null;
            text.add(same ? oneOf("that is", "that has") : oneOf("", "that is"));
            link(text, links.get(0), reading);
        } else if (links.size() == 2) {
            text.add("that is both");
            link(text, links.get(0), reading);
            text.add("and");
            link(text, links.get(1), reading);
        }
    }

    /** "left of the red sphere". */
    void link(CaptionText text, Description.Link link, Reading reading) {
        text.add(draws.pick(link.tie().words()));
        definite(text, link.other(), Role.INTERMEDIATE, reading);
    }
}
