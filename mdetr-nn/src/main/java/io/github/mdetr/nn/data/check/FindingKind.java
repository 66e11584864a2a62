package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.EntryProblem;
import java.util.Locale;

/** What may be wrong with an entry. */
public enum FindingKind {
    /** An entry, or what it cannot be without, cannot be read. Training refuses the file. */
    ENTRY_UNREADABLE("entry that cannot be read", true, "mend the entry, or leave it out"),
    /** An image has no caption. Training refuses the file. */
    CAPTION_MISSING("image without a caption", true, "give it the text that names its objects, or leave it out"),
    /** The numbers of a box cannot be read. Training refuses the file. */
    BOX_UNREADABLE("box that cannot be read", true, "write four numbers in pixels, or leave the annotation out"),
    /** Spans cannot be read. Training refuses the file. */
    SPAN_UNREADABLE(
            "span that cannot be read",
            true,
            "write [[begin, end]] in characters of the caption, the end not included"),
    /** Two images have one id. Training refuses the file. */
    IMAGE_ID_TWICE(
            "image id that comes twice",
            true,
            "were files put together? number one of them anew, with its annotations"),
    /** An annotation names no image of the file. Training refuses the file. */
    ANNOTATION_ORPHAN(
            "annotation of no image",
            true,
            "were images left out, or numbered anew? give it the id of its image, or delete it"),
    /** The boxes look like another format than is stated. Training refuses the file. */
    BOX_FORMAT("boxes of another format", true, "convert them, or state what they are"),
    /** The image is not there, or no image. */
    IMAGE_UNREADABLE("image that cannot be read", true, "save the picture anew, or leave the entry out"),
    /** The image has another size than the file says: its boxes are drawn on something else. */
    IMAGE_SIZE(
            "image of another size",
            true,
            "were boxes drawn on a copy of another size? use that, or scale them and state this one's"),
    /** The box has no width or no height. Training passes over the object. */
    BOX_EMPTY("box without area", true, "a click without a drag? draw it anew, or delete the annotation"),
    /** No part of the box lies in the image. Training passes over the object. */
    BOX_OUTSIDE("box outside the image", true, "drawn on another picture, or at another size? mend bbox or image_id"),
    /** A part of the box lies beyond the image, by more than a pixel. Training cuts it off. */
    BOX_BEYOND(
            "box beyond the image's border",
            true,
            "are these corners, or was the picture scaled? else cut it at the border"),
    /** The box is a fraction of the first pixel. */
    BOX_TINY("box smaller than a pixel", true, "written from 0 to 1, of the image's sides? multiply it by them"),
    /** The span ends behind the caption. */
    SPAN_OUTSIDE(
            "span outside the caption", true, "counted for another caption, or in bytes? count its Unicode characters"),
    /** The span is of no characters. */
    SPAN_EMPTY("empty span", true, "end it behind the last character of its words"),
    /** Tokens of the span have positions that no box can point to. Training leaves them out. */
    SPAN_TOO_FAR("span beyond the last position", true, "shorten the caption, or make two entries of it"),
    /** The text encoder does not take so many tokens. */
    CAPTION_TOO_LONG("caption too long", true, "shorten it, or make two entries of it"),
    /** The caption has no text. */
    CAPTION_EMPTY("empty caption", true, "give it the text that names its objects, or leave the image out"),
    /** The caption is no Unicode text. */
    CAPTION_BROKEN("caption with half a character", true, "write the character again"),
    /** The image's file is damaged, and read as PIL reads it. */
    IMAGE_DAMAGED("damaged image", false, "look at the picture: where a part is missing, take another copy"),
    /** A picture is turned for showing, and its size does not tell which way boxes are drawn: as stored, then. */
    ORIENTATION_UNCLEAR(
            "picture turned by EXIF, which its size does not tell",
            false,
            "taken as stored; where boxes were drawn in a program that turns pictures, state --orientation shown"),
    /** A mask is of another size than the image. */
    MASK_SIZE("mask of another size", false, "made of the picture turned or scaled? boxes alone are trained"),
    /** An annotation has no box. Training leaves it out. */
    BOX_MISSING(
            "annotation without a box",
            false,
            "of a mask or key points alone? give it the box of what is to be learned"),
    /** Spans have a bracket too few or too many, and are taken. */
    SPAN_BRACKETS("span with other brackets", false, "write [[begin, end]]"),
    /** A field that a box does not need is in another form; it is taken or passed over. */
    FIELD_FORM("value of another form", false, "nothing is lost for boxes"),
    /** The span begins or ends within a word. */
    SPAN_IN_WORD("span that cuts a word", false, "is it off by one? begin and end it with words"),
    /** No token begins or ends the span, such as one of spaces. Training passes over it. */
    SPAN_WITHOUT_TOKEN("span without a token", false, "of spaces alone? point at a word"),
    /** The object has no words: nothing says what it is. */
    NO_WORDS("object without words", false, "give it tokens_positive, or leave it out"),
    /** The caption has no objects: all predictions are to be "no object". */
    NO_OBJECTS(
            "caption without objects", false, "meant where it fits nothing; else look for its annotations' image_id");

    private final String label;
    private final boolean error;
    private final String advice;

    FindingKind(String label, boolean error, String advice) {
        this.label = label;
        this.error = error;
        this.advice = advice;
    }

    /** In words. */
    public String label() {
        return label;
    }

    /** Whether the file should be mended before training; what is no error may be meant. */
    public boolean isError() {
        return error;
    }

    /** What it usually comes from and what to do. */
    public String advice() {
        return advice;
    }

    /** Its name in JSON: {@code box-outside}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FindingKind of(EntryProblem.Kind kind) {
        return switch (kind) {
            case ENTRY -> ENTRY_UNREADABLE;
            case CAPTION -> CAPTION_MISSING;
            case BOX -> BOX_UNREADABLE;
            case SPAN -> SPAN_UNREADABLE;
            case ID_TWICE -> IMAGE_ID_TWICE;
            case ORPHAN -> ANNOTATION_ORPHAN;
            case NO_BOX -> BOX_MISSING;
            case SPAN_FORM -> SPAN_BRACKETS;
            case FIELD -> FIELD_FORM;
        };
    }
}
