package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.BoxFormat;
import io.github.mdetr.nn.data.BoxFormatGuess;
import io.github.mdetr.nn.data.Orientation;
import io.github.mdetr.nn.image.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How annotations are meant, where they are not as published. */
final class AnnotationOptions {
    @Option(
            names = "--boxes",
            paramLabel = "NAME",
            converter = BoxFormatName.class,
            description = "What the numbers of a bbox are: xywh as published, xyxy, yxyx, cxcywh, normalized-xywh,"
                    + " normalized-xyxy, normalized-cxcywh or percent-xywh. Without it they are xywh, and refused"
                    + " where they do not look like it.")
    @Nullable
    BoxFormat boxes;

    @Option(
            names = "--orientation",
            paramLabel = "NAME",
            description =
                    "Which way up pictures are meant that EXIF turns for showing: stored, shown, or auto, by the width and"
                            + " height that each entry states, and as stored where both ways have one size; auto by default.")
    Orientation orientation = Orientation.AUTO;

    @Mixin
    private PictureLimits limits = new PictureLimits();

    /** Of a name with or without hyphens. */
    static final class BoxFormatName implements ITypeConverter<BoxFormat> {
        @Override
        public BoxFormat convert(String name) {
            try {
                return BoxFormat.of(name);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--boxes: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Reads annotations to learn from or to be judged by.
     *
     * @throws IllegalArgumentException when boxes look like another format, or most reach beyond their images, and none is stated
     */
    AnnotatedExamples read(Path file, Path images) throws IOException {
        return examples(file, AnnotationFile.read(file), images);
    }

    /**
     * The examples of what was read of a file.
     *
     * @throws IllegalArgumentException when boxes look like another format, or most reach beyond their images, and none is stated
     */
    AnnotatedExamples examples(Path file, AnnotationFile read, Path images) {
        if (boxes != null) {
            return examples(read.withBoxesOf(boxes), images);
        }
        BoxFormatGuess guess = BoxFormatGuess.of(read.images());
        if (guess != null) {
            throw new IllegalArgumentException(file + ": " + guess.message() + "; "
                    + (guess.isKnown() ? "state --boxes " + guess.names() : "convert them")
                    + ", or state --boxes xywh where they are as published");
        }
        return examples(read, images);
    }

    /** What there is in place of objects, such as {@code none: …}. */
    static String withoutObjects(long leftOut) {
        return leftOut == 0
                ? "none; mdetr check-data says why"
                : "none: " + Quantity.of(leftOut, "annotation is a crowd or lies", "annotations are crowds or lie")
                        + " outside the image; are boxes of another format (--boxes)? mdetr check-data says more";
    }

    private AnnotatedExamples examples(AnnotationFile read, Path images) {
        return new AnnotatedExamples(read, images, orientation).withReader(reader());
    }

    /**
     * What reads the pictures that annotations are of.
     *
     * @throws IllegalArgumentException when a limit is not above 0
     */
    ImageReader reader() {
        return limits.apply(ImageReader.of(ImageReader.Mode.STORED));
    }
}
