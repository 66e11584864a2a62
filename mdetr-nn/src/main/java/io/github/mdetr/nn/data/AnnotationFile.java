package io.github.mdetr.nn.data;

import io.github.mdetr.nn.data.EntryProblem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Annotations in the published format: COCO's JSON, each entry of {@code images} with a {@code caption}, each of
 * {@code annotations} with {@code tokens_positive} (or {@code tokens}, which wins). Read as a stream, so that memory goes to
 * what is kept and not to the text. What a field means stands at {@link CaptionedImage} and {@link Annotation}; fields that
 * the format does not know are passed over, and so are values that a box does not need and that are of another form.
 *
 * @param images in the file's order, those without errors
 * @param problems what is not as the format says
 */
public record AnnotationFile(List<CaptionedImage> images, EntryProblems problems) {
    /** What to do about a file of categories alone. */
    public static final String WITHOUT_CAPTIONS =
            "no entry of 'images' has a 'caption': plain COCO names objects by categories alone; give each image a caption of"
                    + " its categories' names, such as \"cube. red ball.\", and each annotation 'tokens_positive' with the"
                    + " place of its name in it, such as [[6, 14]] (docs/data-format.md has a few lines of Python that do)";

    /** Of each kind of problem so many are kept, so that a file of nothing else is still bearable. */
    private static final int LISTED = 100_000;

    /** Copies the list. */
    public AnnotationFile {
        images = List.copyOf(images);
    }

    /** Of entries without problems. */
    public AnnotationFile(List<CaptionedImage> images) {
        this(images, EntryProblems.NONE);
    }

    /**
     * Reads a file that is to be learned from.
     *
     * @throws AnnotationException when an entry has an error, naming the first and how many there are
     * @throws IOException when it cannot be read
     */
    public static AnnotationFile read(Path file) throws IOException {
        try (InputStream bytes = open(file)) {
            return read(bytes, file.toString());
        }
    }

    /**
     * Reads a stream, which stays open.
     *
     * @param name what errors call it
     * @throws AnnotationException when an entry has an error, naming the first and how many there are
     * @throws IOException when it cannot be read
     */
    public static AnnotationFile read(InputStream bytes, String name) throws IOException {
        return read(bytes, name, 1).withoutErrors(name);
    }

    /**
     * Reads a file to its end, whatever its entries are like: those with errors are among the {@link #problems} and left out.
     *
     * @throws AnnotationException when it is no JSON object with {@code images}
     * @throws IOException when it cannot be read
     */
    public static AnnotationFile survey(Path file) throws IOException {
        try (InputStream bytes = open(file)) {
            return survey(bytes, file.toString());
        }
    }

    /**
     * Reads a stream to its end as {@link #survey(Path)} does; it stays open.
     *
     * @param name what errors call it
     */
    public static AnnotationFile survey(InputStream bytes, String name) throws IOException {
        return read(bytes, name, LISTED);
    }

    private static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new AnnotationException(file + ": is a folder, expected a file of annotations");
        }
        return Files.newInputStream(file);
    }

    private static AnnotationFile read(InputStream bytes, String name, int listed) throws IOException {
        AnnotationCollector entries = new AnnotationCollector(listed);
        AnnotationReader.read(bytes, name, entries);
        return entries.file();
    }

    private AnnotationFile withoutErrors(String name) throws AnnotationException {
        if (problems.errors() == 0) {
            return this;
        }
        if (isWithoutCaptions()) {
            throw new AnnotationException(name + ": " + WITHOUT_CAPTIONS);
        }
        EntryProblem first = problems.listed().stream()
                .filter(p -> p.kind().isError())
                .findFirst()
                .orElseThrow();
        long more = problems.errors() - 1;
        throw new AnnotationException(name + ": " + first.entry() + ": " + first.message()
                + (more == 0 ? "" : "; " + more + (more == 1 ? " more error" : " more errors")));
    }

    /** Whether no image has a caption: a plain COCO file, which says what is in a picture by categories alone. */
    public boolean isWithoutCaptions() {
        return images.isEmpty() && problems.count(Kind.CAPTION) > 0 && problems.count(Kind.ENTRY) == 0;
    }

    /** With boxes as published, where the file's are of another format. */
    public AnnotationFile withBoxesOf(BoxFormat format) {
        return format == BoxFormat.XYWH
                ? this
                : new AnnotationFile(
                        images.stream().map(i -> i.withBoxesOf(format)).toList(), problems);
    }
}
