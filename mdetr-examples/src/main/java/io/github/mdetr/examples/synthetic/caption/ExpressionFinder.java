package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Draws;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds descriptions that keep the {@link MinimalityRule}, in random order. */
final class ExpressionFinder {
    /** Of the objects that another one is told by, at most so many are tried: enough that few finds are missed. */
    private static final int ANCHORS = 24;

    private static final List<List<Attribute.Kind>> SUBSETS = subsets();

    private final Reading reading;
    private final Draws draws;
    private @Nullable List<Description> told;

    ExpressionFinder(Reading reading, Draws draws) {
        this.reading = reading;
        this.draws = draws;
    }

    private static List<List<Attribute.Kind>> subsets() {
        List<List<Attribute.Kind>> subsets = new ArrayList<>(List.of(List.of()));
        for (Attribute.Kind kind : Attribute.Kind.values()) {
            for (List<Attribute.Kind> without : List.copyOf(subsets)) {
                List<Attribute.Kind> with = new ArrayList<>(without);
                with.add(kind);
                subsets.add(with);
            }
        }
        return subsets;
    }

    /** An expression of that kind; null when the scene has none. */
    @Nullable
    Description find(CaptionKind kind) {
        return switch (kind) {
            case ATTRIBUTES -> byAttributes();
            case RELATION -> byTie(attributeExpressions(), Tie.spatial());
            case SAME -> byTie(attributeExpressions(), Tie.same());
            case CHAIN -> byTie(relationExpressions(), Tie.spatial());
            case BOTH -> byTwoTies();
            default -> throw new IllegalArgumentException(kind + " is no kind of referring expression");
        };
    }

    private @Nullable Description byAttributes() {
        return ofSomeLength(attributeExpressions());
    }

    /** Most scenes tell many objects by two words and few by four: so the number of words is drawn first. */
    private @Nullable Description ofSomeLength(List<Description> all) {
        if (all.isEmpty()) {
            return null;
        }
        List<Description> any = draws.shuffled(all);
        int words = 2 + draws.below(3);
        return any.stream()
                .filter(d -> d.attributes().size() == words)
                .findFirst()
                .orElse(any.get(0));
    }

    /** Two words or more that no object has together, though any but one of them some object has; null when there are none. */
    @Nullable
    Description absent() {
        Set<Description> found = new LinkedHashSet<>();
        for (int object : Reading.indices(reading.all())) {
            for (List<Attribute.Kind> kinds : SUBSETS) {
                if (kinds.size() > 1) {
                    oneChanged(object, kinds).stream().filter(this::isAbsent).forEach(found::add);
                }
            }
        }
        return ofSomeLength(List.copyOf(found));
    }

    /** An object's attributes with another one in the place of each, all that there are. */
    private List<Description> oneChanged(int object, List<Attribute.Kind> kinds) {
        List<Description> all = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            for (Attribute other : kinds.get(i).all()) {
                List<Attribute> changed = attributes(object, kinds);
                changed.set(i, other);
                all.add(Description.of(changed));
            }
        }
        return all;
    }

    private boolean isAbsent(Description d) {
        return reading.denotation(d) == 0 && d.shortened().stream().allMatch(s -> reading.denotation(s) != 0);
    }

    private List<Attribute> attributes(int object, List<Attribute.Kind> kinds) {
        List<Attribute> attributes = new ArrayList<>(kinds.size());
        for (Attribute.Kind kind : kinds) {
            attributes.add(reading.object(object).attribute(kind));
        }
        return attributes;
    }

    /** All that keep the rule. */
    private List<Description> attributeExpressions() {
        if (told == null) {
            List<Description> found = new ArrayList<>();
            for (int object : Reading.indices(reading.all())) {
                for (List<Attribute.Kind> kinds : SUBSETS) {
                    Description d = Description.of(attributes(object, kinds));
                    if (reading.denotation(d) == 1 << object && MinimalityRule.holds(d, reading)) {
                        found.add(d);
                    }
                }
            }
            told = found;
        }
        return told;
    }

    private List<Description> relationExpressions() {
        List<Description> found = new ArrayList<>();
        for (Description anchor : draws.shuffled(attributeExpressions())) {
            Description d = byTie(List.of(anchor), Tie.spatial());
            if (d != null) {
                found.add(d);
            }
            if (found.size() == ANCHORS) {
                break;
            }
        }
        return found;
    }

    private @Nullable Description byTie(List<Description> anchors, List<Tie> ties) {
        for (Description anchor : draws.shuffled(anchors)) {
            for (Tie tie : draws.shuffled(ties)) {
                Attribute.Kind common = tie.common();
                if (common == null || !anchor.names(common)) { // "the same color as the red cube" is a roundabout "red"
                    Description d = toldBy(List.of(new Description.Link(tie, anchor)));
                    if (d != null) {
                        return d;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable Description byTwoTies() {
        List<Description> anchors = draws.shuffled(attributeExpressions());
        for (int i = 0; i < Math.min(ANCHORS, anchors.size()); i++) {
            for (int j = 0; j < Math.min(ANCHORS, anchors.size()); j++) {
                Description.Link one = new Description.Link(draws.pick(Tie.spatial()), anchors.get(i));
                Description.Link two = new Description.Link(draws.pick(Tie.spatial()), anchors.get(j));
                if (one.tie() != two.tie() && reading.denotation(one.other()) != reading.denotation(two.other())) {
                    Description d = toldBy(List.of(one, two));
                    if (d != null) {
                        return d;
                    }
                }
            }
        }
        return null;
    }

    /** A description with these links and with attributes that keep the rule. */
    private @Nullable Description toldBy(List<Description.Link> links) {
        int candidates = reading.denotation(new Description(List.of(), links));
        int named = 0; // an object is not told by itself, neither in a roundabout way
        for (Description.Link link : links) {
            named |= referents(link.other());
        }
        for (int object : draws.shuffled(Reading.indices(candidates & ~named))) {
            for (List<Attribute.Kind> kinds : draws.shuffled(SUBSETS)) {
                if (kinds.stream()
                        .noneMatch(k -> links.stream().anyMatch(l -> l.tie().common() == k))) {
                    List<Attribute> attributes = attributes(object, kinds);
                    if ((reading.having(attributes) & candidates) == 1 << object) {
                        Description d = new Description(attributes, links);
                        if (MinimalityRule.holds(d, reading)) {
                            return d;
                        }
                    }
                }
            }
        }
        return null;
    }

    /** What a description and those within it mean. */
    private int referents(Description d) {
        int referents = reading.denotation(d);
        for (Description.Link link : d.links()) {
            referents |= referents(link.other());
        }
        return referents;
    }
}
