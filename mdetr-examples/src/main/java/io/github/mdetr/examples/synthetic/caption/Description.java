package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import java.util.ArrayList;
import java.util.List;

/**
 * What a noun phrase says of its object: attributes, and ties to objects that are described themselves.
 *
 * @param attributes at most one of each kind, in the order of the words
 * @param links none, one or two
 */
public record Description(List<Attribute> attributes, List<Link> links) {
    /** Copies the lists. */
    public Description {
        attributes = List.copyOf(attributes);
        links = List.copyOf(links);
    }

    /**
     * A tie to another object.
     *
     * @param tie such as left of
     * @param other what it is tied to
     */
    public record Link(Tie tie, Description other) {}

    /** A description by attributes alone. */
    public static Description of(List<Attribute> attributes) {
        return new Description(attributes, List.of());
    }

    /** Whether it names an attribute of that kind, its links aside. */
    boolean names(Attribute.Kind kind) {
        return attributes.stream().anyMatch(a -> a.kind() == kind);
    }

    /** Every description that lacks one word of this one: an attribute or a link, here or in what it is tied to. */
    public List<Description> shortened() {
        List<Description> shorter = new ArrayList<>();
        for (int i = 0; i < attributes.size(); i++) {
            List<Attribute> fewer = new ArrayList<>(attributes);
            fewer.remove(i);
            shorter.add(new Description(fewer, links));
        }
        for (int i = 0; i < links.size(); i++) {
            List<Link> fewer = new ArrayList<>(links);
            Link link = fewer.remove(i);
            shorter.add(new Description(attributes, fewer));
            for (Description other : link.other.shortened()) {
                List<Link> changed = new ArrayList<>(links);
                changed.set(i, new Link(link.tie, other));
                shorter.add(new Description(attributes, changed));
            }
        }
        return shorter;
    }
}
