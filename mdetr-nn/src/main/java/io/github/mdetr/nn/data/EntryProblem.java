package io.github.mdetr.nn.data;

import org.jspecify.annotations.Nullable;

/**
 * Something in an entry of a file of annotations that is not as the format says.
 *
 * @param kind what
 * @param list the list of the file that the entry stands in
 * @param index of the entry in its list, from 0
 * @param image the id of the image, or that the annotation gives as its image's; null where none can be read
 * @param annotation the annotation's id; null where none can be read
 * @param field the field's name; empty where it is the entry
 * @param what one line: what was expected, what is there, what becomes of it
 */
public record EntryProblem(
        Kind kind,
        String list,
        int index,
        @Nullable String image,
        @Nullable String annotation,
        String field,
        String what) {
    /** What is wrong, and whether the rest of the entry can be used. */
    public enum Kind {
        /** The entry lacks what it cannot be without, or it cannot be read. */
        ENTRY(true),
        /** An image has no caption. */
        CAPTION(true),
        /** A box cannot be read. */
        BOX(true),
        /** Spans cannot be read. */
        SPAN(true),
        /** An image has the id of one before. */
        ID_TWICE(true),
        /** An annotation names no image of the file. */
        ORPHAN(true),
        /** An annotation has no box; it is left out. */
        NO_BOX(false),
        /** Spans have a bracket too few or too many, and can be read in one way only; they are taken. */
        SPAN_FORM(false),
        /** A field that a box does not need is in a form that is not the format's; it is taken where it can be, else passed over. */
        FIELD(false);

        private final boolean error;

        Kind(boolean error) {
            this.error = error;
        }

        /** Whether training would learn something wrong, or lack the entry, without anybody knowing. */
        public boolean isError() {
            return error;
        }
    }

    /** The entry by its own ids, or else by its place: {@code annotation 4712 of image 2}, {@code images[3]}. */
    public String entry() {
        if (list.equals(AnnotationReader.IMAGES)) {
            return image == null ? list + "[" + index + "]" : "image " + image;
        }
        String name = annotation == null ? list + "[" + index + "]" : "annotation " + annotation;
        return image == null ? name : name + " of image " + image;
    }

    /** One line without the entry: {@code bbox: expected …, got …}. */
    public String message() {
        return field.isEmpty() ? what : field + ": " + what;
    }

    /** A text of a file as a part of a line. */
    static String oneLine(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.replaceAll("\\p{Cc}", " ");
            }
        }
        return text;
    }
}
