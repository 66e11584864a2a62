package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks about a scene. Where there are two answers, each is drawn as often where the scene allows it. */
final class Questions {
    private static final int ATTEMPTS = 60;
    private static final int MOST_COUNTED = 10;

    private final Reading reading;
    private final ExpressionFinder finder;
    private final Wording wording;
    private final Draws draws;

    Questions(Reading reading, ExpressionFinder finder, Wording wording, Draws draws) {
        this.reading = reading;
        this.finder = finder;
        this.wording = wording;
        this.draws = draws;
    }

    /** A question of that kind; null when the scene gives none. */
    @Nullable
    Caption ask(CaptionKind kind) {
        return switch (kind) {
            case EXIST -> exist();
            case COUNT -> count();
            case QUERY -> query();
            case COMPARE_NUMBERS -> compareNumbers();
            case COMPARE_ATTRIBUTE -> compareAttribute();
            default -> throw new IllegalArgumentException(kind + " is no kind of question");
        };
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }

    private @Nullable Caption exist() {
        boolean yes = draws.chance(0.5);
        for (int i = 0; i < ATTEMPTS; i++) {
            List<Description.Link> links = someLinks();
            Description d = new Description(someAttributes(1 + draws.below(3)), links);
            int found = reading.denotation(d);
            if (found != 0 == yes) {
                boolean plural = draws.chance(0.5);
                String noun = wording.noun(d.attributes(), plural);
                CaptionText text = new CaptionText();
                text.add(plural ? "Are there any" : "Is there " + Wording.number(1, noun));
                text.mention(noun, Reading.indices(found), Role.TARGET);
                links.forEach(
                        l -> wording.link(text.add(wording.oneOf("", plural ? "that are" : "that is")), l, reading));
                return text.add("?").done(CaptionKind.EXIST, yesNo(yes));
            }
        }
        return null;
    }

    private Caption count() {
        List<Description.Link> links = someLinks();
        int named = links.isEmpty() ? 1 : 0;
        Description d = new Description(someAttributes(named + draws.below(2)), links);
        int found = reading.denotation(d);
        CaptionText text =
                new CaptionText().add(links.isEmpty() ? "How many" : wording.oneOf("How many", "What number of"));
        text.mention(wording.noun(d.attributes(), true), Reading.indices(found), Role.TARGET);
        text.add(links.isEmpty() ? "are there" : "are");
        links.forEach(l -> wording.link(text, l, reading));
        int count = Math.min(MOST_COUNTED, Integer.bitCount(found));
        return text.add("?").done(CaptionKind.COUNT, Integer.toString(count));
    }

    private @Nullable Caption query() {
        Attribute.Kind kind = draws.pick(List.of(Attribute.Kind.values()));
        Description d = one(kind);
        if (d == null) {
            return null;
        }
        int object = Integer.numberOfTrailingZeros(reading.denotation(d));
        CaptionText text = new CaptionText();
        if (kind == Attribute.Kind.MATERIAL && draws.chance(0.5)) {
            text.add("What is");
            wording.definite(text, d, Role.TARGET, reading);
            text.add("made of");
        } else if (draws.chance(0.5)) {
            text.add("What " + kind.word() + " is");
            wording.definite(text, d, Role.TARGET, reading);
        } else {
            text.add("What is the " + kind.word() + " of");
            wording.definite(text, d, Role.TARGET, reading);
        }
        return text.add("?")
                .done(CaptionKind.QUERY, reading.object(object).attribute(kind).word());
    }

    private @Nullable Caption compareNumbers() {
        boolean yes = draws.chance(0.5);
        int form = draws.below(3);
        for (int i = 0; i < ATTEMPTS; i++) {
            List<Attribute> some = someAttributes(1 + draws.below(2));
            List<Attribute> others = someAttributes(1 + draws.below(2));
            int first = reading.having(some);
            int second = reading.having(others);
            int more = Integer.compare(Integer.bitCount(first), Integer.bitCount(second));
            boolean holds = form == 0 ? more > 0 : form == 1 ? more < 0 : more == 0;
            if ((first & second) == 0 && (first | second) != 0 && holds == yes) {
                CaptionText text = new CaptionText();
                text.add(form == 0 ? "Are there more" : form == 1 ? "Are there fewer" : "Are there as many");
                text.mention(wording.noun(some, true), Reading.indices(first), Role.TARGET);
                text.add(form == 2 ? "as" : "than");
                text.mention(wording.noun(others, true), Reading.indices(second), Role.TARGET);
                return text.add("?").done(CaptionKind.COMPARE_NUMBERS, yesNo(yes));
            }
        }
        return null;
    }

    private @Nullable Caption compareAttribute() {
        boolean yes = draws.chance(0.5);
        for (int i = 0; i < ATTEMPTS; i++) {
            Attribute.Kind kind = draws.pick(List.of(Attribute.Kind.values()));
            Description one = one(kind);
            Description two = one(kind);
            if (one == null || two == null) {
                continue;
            }
            int first = Integer.numberOfTrailingZeros(reading.denotation(one));
            int second = Integer.numberOfTrailingZeros(reading.denotation(two));
            boolean same = reading.object(first).attribute(kind)
                    == reading.object(second).attribute(kind);
            if (first != second && same == yes) {
                boolean both = draws.chance(0.5);
                CaptionText text = new CaptionText().add(both ? "Do" : "Is");
                wording.definite(text, one, Role.TARGET, reading);
                text.add(both ? "and" : "the same " + kind.word() + " as");
                wording.definite(text, two, Role.TARGET, reading);
                text.add(both ? "have the same " + kind.word() : "");
                return text.add("?").done(CaptionKind.COMPARE_ATTRIBUTE, yesNo(yes));
            }
        }
        return null;
    }

    /** A description of one object that does not tell the attribute of that kind; null when there is none. */
    private @Nullable Description one(Attribute.Kind hidden) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Description d;
            if (i == 0 && draws.chance(0.4)) {
                d = finder.find(CaptionKind.RELATION);
            } else {
                int object = draws.pick(Reading.indices(reading.all()));
                List<Attribute> attributes = new ArrayList<>(reading.attributes(object));
                attributes.removeIf(a -> a.kind() == hidden || draws.chance(0.4));
                d = Description.of(attributes);
            }
            if (d != null && !d.names(hidden) && Integer.bitCount(reading.denotation(d)) == 1) {
                return d;
            }
        }
        return null;
    }

    /** Attributes of an object of the scene, half the time with one changed; kinds at random. */
    private List<Attribute> someAttributes(int count) {
        List<Attribute> attributes = draws.shuffled(reading.attributes(draws.pick(Reading.indices(reading.all()))))
                .subList(0, count);
        List<Attribute> some = new ArrayList<>(attributes);
        if (!some.isEmpty() && draws.chance(0.5)) {
            int i = draws.below(some.size());
            some.set(i, draws.pick(some.get(i).kind().all()));
        }
        some.sort((a, b) -> a.kind().compareTo(b.kind()));
        return some;
    }

    /** Half the time a tie to one object, as of a relation that keeps the rule. */
    private List<Description.Link> someLinks() {
        if (draws.chance(0.5)) {
            return List.of();
        }
        Description d = finder.find(CaptionKind.ATTRIBUTES);
        return d == null ? List.of() : List.of(new Description.Link(draws.pick(Tie.spatial()), d));
    }
}
