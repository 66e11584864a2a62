package io.github.mdetr.nn.data;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.DecodedImage;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The entries of a file of annotations as examples, read one by one. Boxes are cut at the border of the image; crowds, and boxes
 * of which nothing is left, are no objects to learn (as published). Pixels are those that the boxes are drawn on, by the
 * {@link Orientation}. For several threads.
 */
public final class AnnotatedExamples {
    private static final String OTHER_SIZE =
            "use the picture that the boxes were drawn on, or scale them to this one and state its size";

    private final List<CaptionedImage> entries;
    private final Path folder;
    private final Orientation orientation;
    private final ImageReader reader;

    /**
     * Of a file.
     *
     * @param folder where the images lie
     */
    public AnnotatedExamples(AnnotationFile file, Path folder) {
        this(file, folder, Orientation.AUTO);
    }

    /**
     * Of a file.
     *
     * @param folder where the images lie
     * @param orientation which way up annotations are drawn
     */
    public AnnotatedExamples(AnnotationFile file, Path folder, Orientation orientation) {
        this(file.images(), folder, orientation, ImageReader.of(ImageReader.Mode.STORED));
    }

    private AnnotatedExamples(List<CaptionedImage> entries, Path folder, Orientation orientation, ImageReader reader) {
        this.entries = entries;
        this.folder = folder;
        this.orientation = orientation;
        this.reader = reader;
    }

    /** These examples with their images read within other limits; the reader's own mode turns nothing. */
    public AnnotatedExamples withReader(ImageReader other) {
        return new AnnotatedExamples(entries, folder, orientation, other);
    }

    /** The number of entries. */
    public int count() {
        return entries.size();
    }

    /** The number of objects to learn. */
    public long objects() {
        return entries.stream().mapToLong(AnnotatedExamples::objects).sum();
    }

    /** The number of annotations that are no objects to learn: crowds, and boxes of which nothing is left in the image. */
    public long leftOut() {
        return entries.stream()
                .mapToLong(e -> e.annotations().size() - objects(e))
                .sum();
    }

    private static long objects(CaptionedImage entry) {
        ImageSize size = new ImageSize(entry.width(), entry.height());
        return entry.annotations().stream()
                .filter(a -> isObject(a, clamped(a, size)))
                .count();
    }

    private static boolean isObject(Annotation a, PixelBox clamped) {
        return !a.crowd() && !clamped.isEmpty();
    }

    /**
     * Reads the image of an entry, counted from 0.
     *
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when it has another size than the file says, or a span lies outside the caption
     */
    public TrainingExample read(int index) throws IOException {
        CaptionedImage entry = entries.get(index);
        DecodedImage picture = reader.decode(file(entry));
        RgbImage image = orientation.of(picture, new ImageSize(entry.width(), entry.height()));
        // What is said of a picture that is not turned is said below.
        if (image == null && picture.isTurned()) {
            throw new IllegalArgumentException(entry.name() + ": expected " + entry.width() + "x" + entry.height()
                    + " pixels as the annotations say, got " + picture.pixels().size() + " as stored and "
                    + picture.shownSize() + " as shown, of which " + orientation + " is to be read; "
                    + fix(entry, picture));
        }
        return of(entry, image == null ? picture.pixels() : image);
    }

    private static String fix(CaptionedImage entry, DecodedImage picture) {
        Orientation way = Orientation.AUTO.way(
                picture.pixels().size(), picture.shownSize(), new ImageSize(entry.width(), entry.height()));
        return way == null
                ? OTHER_SIZE
                : "the boxes are drawn on it as " + way + ": state --orientation " + way + ", or leave it out";
    }

    /** The files of the images, each once, whether they are there or not. */
    public List<Path> files() {
        return entries.stream().map(this::file).distinct().toList();
    }

    /** The file of the image of an entry, counted from 0. */
    public Path file(int index) {
        return file(entries.get(index));
    }

    private Path file(CaptionedImage entry) {
        try {
            return folder.resolve(entry.fileName());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(entry.name() + ": is no name of a file", e);
        }
    }

    /**
     * Checks that every image is there, before hours of training come to the one that is not. What is in them is
     * {@link io.github.mdetr.nn.data.check.AnnotationCheck}'s.
     *
     * @throws IllegalArgumentException naming the first entry whose file is not there, and how many more there are
     */
    public void requireFiles() {
        Set<String> missing = new HashSet<>();
        CaptionedImage first = null;
        for (CaptionedImage entry : entries) {
            if (!Files.isRegularFile(file(entry)) && missing.add(entry.fileName()) && first == null) {
                first = entry;
            }
        }
        if (first != null) {
            String near = new NearbyFiles(folder).hint(first.fileName());
            throw new IllegalArgumentException(
                    first.name() + ": expected the file " + file(first) + ", which is not there"
                            + (missing.size() == 1 ? "" : ", nor are " + (missing.size() - 1) + " other images")
                            + (near.isEmpty() ? "; is this the folder of the images?" : near));
        }
    }

    /**
     * Checks what a batch is made of but for the images, before hours of training come to the entry that cannot be learned.
     *
     * @param maxTokens that the text encoder takes of a caption
     * @throws IllegalArgumentException naming the first entry whose spans lie outside its caption, or whose caption is too long
     *     or no Unicode
     */
    public void requireTrainable(RobertaTokenizer tokenizer, int maxTokens) {
        for (CaptionedImage entry : entries) {
            requireSpans(entry);
            int tokens;
            try {
                tokens = tokenizer.encode(entry.caption()).length();
            } catch (TokenizerException e) {
                throw new IllegalArgumentException(entry.name() + ": caption: " + e.getMessage(), e);
            }
            if (tokens > maxTokens) {
                throw new IllegalArgumentException(entry.name() + ": caption of " + tokens
                        + " tokens, the text encoder takes at most " + maxTokens + "; shorten it or leave it out");
            }
        }
    }

    private static void requireSpans(CaptionedImage entry) {
        int length = entry.caption().codePointCount(0, entry.caption().length());
        for (Annotation a : entry.annotations()) {
            for (CodePointSpan span : a.tokensPositive()) {
                if (span.end() > length) {
                    throw new IllegalArgumentException(
                            entry.name() + ": annotation " + a.id() + ": span [" + span.begin() + ", " + span.end()
                                    + ") reaches beyond the caption's " + length + " characters");
                }
            }
        }
    }

    /**
     * An entry with its image.
     *
     * @throws IllegalArgumentException as {@link #read}
     */
    public static TrainingExample of(CaptionedImage entry, RgbImage image) {
        if (image.width() != entry.width() || image.height() != entry.height()) {
            throw new IllegalArgumentException(entry.name() + ": expected " + entry.width() + "x" + entry.height()
                    + " pixels as the annotations say, got " + image.size() + "; " + OTHER_SIZE);
        }
        requireSpans(entry);
        // Where no object of an entry is final, the file is not one that tells.
        boolean tells = entry.annotations().stream().anyMatch(Annotation::isFinal);
        List<ExampleObject> objects = new ArrayList<>();
        for (Annotation a : entry.annotations()) {
            PixelBox box = clamped(a, image.size());
            if (isObject(a, box)) {
                objects.add(new ExampleObject(box, a.tokensPositive(), tells ? a.isFinal() : null));
            }
        }
        return new TrainingExample(entry.name(), image, List.of(new ExampleCaption(entry.caption(), objects)));
    }

    private static PixelBox clamped(Annotation a, ImageSize image) {
        return new PixelBox(
                clamp(a.x(), image.width()),
                clamp(a.y(), image.height()),
                clamp(a.x() + a.width(), image.width()),
                clamp(a.y() + a.height(), image.height()));
    }

    private static float clamp(float value, int most) {
        return Math.min(Math.max(value, 0), most);
    }
}
