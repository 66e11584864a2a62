package io.github.mdetr.nn.data;

/** What takes the entries of a file of annotations as they are read, in whatever order they come. */
interface AnnotationSink {
    /** A list begins; what came of it before does not count (as in Python, the last of two keys wins). */
    void begin(String list);

    /** An image with its caption, without annotations. */
    void image(int index, CaptionedImage image);

    /** An object of the image of this id. */
    void annotation(int index, String image, Annotation annotation);

    /** Something that is not as the format says; an entry with an error is not handed over as well. */
    void problem(EntryProblem problem);
}
