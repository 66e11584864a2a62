package io.github.mdetr.examples.synthetic.caption;

import java.util.Locale;

/** What sort of text it is. */
public enum CaptionKind {
    /** Names every object: "a small red cube and two metal spheres". */
    PACKED(Group.CAPTION),
    /** Tells one object by its attributes: "the small red cube". */
    ATTRIBUTES(Group.EXPRESSION),
    /** By where it stands: "the cube left of the red sphere". */
    RELATION(Group.EXPRESSION),
    /** By an object that is told so itself: "the cube left of the sphere that is behind the red cylinder". */
    CHAIN(Group.EXPRESSION),
    /** By two others: "the cube that is both left of the red sphere and behind the small cylinder". */
    BOTH(Group.EXPRESSION),
    /** By what it has in common: "the cube that is the same color as the small metal sphere". */
    SAME(Group.EXPRESSION),
    /** Whether there is any: "Is there a red cube left of the large sphere?" */
    EXIST(Group.QUESTION),
    /** How many there are. */
    COUNT(Group.QUESTION),
    /** What an attribute is: "What color is the small cube?" */
    QUERY(Group.QUESTION),
    /** Of which there are more. */
    COMPARE_NUMBERS(Group.QUESTION),
    /** Whether two have an attribute in common. */
    COMPARE_ATTRIBUTE(Group.QUESTION);

    /** The file that it is written to. */
    public enum Group {
        /** Describes the whole scene. */
        CAPTION,
        /** Refers to one object, by words that are all needed. */
        EXPRESSION,
        /** Has an answer. */
        QUESTION
    }

    private final Group group;

    CaptionKind(Group group) {
        this.group = group;
    }

    /** What the kinds are grouped by. */
    public Group group() {
        return group;
    }

    /** Its name in files and tables, such as {@code compare_numbers}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
