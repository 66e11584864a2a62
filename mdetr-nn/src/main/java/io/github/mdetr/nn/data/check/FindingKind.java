package io.github.mdetr.nn.data.check;

/** What may be wrong with an entry. */
public enum FindingKind {
    /** The image is not there, or no image. */
    IMAGE_UNREADABLE("image that cannot be read", true),
    /** The image has another size than the file says: its boxes are drawn on something else. */
    IMAGE_SIZE("image of another size", true),
    /** The box has no width or no height. Training passes over the object. */
    BOX_EMPTY("box without area", true),
    /** No part of the box lies in the image. Training passes over the object. */
    BOX_OUTSIDE("box outside the image", true),
    /** A part of the box lies beyond the image, by more than a pixel. Training cuts it off. */
    BOX_BEYOND("box beyond the image's border", true),
    /** The span ends behind the caption. */
    SPAN_OUTSIDE("span outside the caption", true),
    /** The span is of no characters. */
    SPAN_EMPTY("empty span", true),
    /** Tokens of the span have positions that no box can point to. Training leaves them out. */
    SPAN_TOO_FAR("span beyond the last position", true),
    /** The text encoder does not take so many tokens. */
    CAPTION_TOO_LONG("caption too long", true),
    /** The caption is no Unicode text. */
    CAPTION_BROKEN("caption with half a character", true),
    /** The span begins or ends within a word. */
    SPAN_IN_WORD("span that cuts a word", false),
    /** No token begins or ends the span, such as one of spaces. Training passes over it. */
    SPAN_WITHOUT_TOKEN("span without a token", false),
    /** The object has no words: nothing says what it is. */
    NO_WORDS("object without words", false),
    /** The caption has no objects: all predictions are to be "no object". */
    NO_OBJECTS("caption without objects", false);

    private final String label;
    private final boolean error;

    FindingKind(String label, boolean error) {
        this.label = label;
        this.error = error;
    }

    /** In words. */
    public String label() {
        return label;
    }

    /** Whether the file should be mended before training; what is no error may be meant. */
    public boolean isError() {
        return error;
    }
}
