package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which annotations become objects to learn, and what becomes of their boxes. */
class AnnotatedExamplesTest {
    @TempDir
    Path folder;

    private static final RgbImage IMAGE = new RgbImage(20, 10, new byte[600]);

    private static AnnotationFile file(String annotations) throws IOException {
        String json = "{\"images\": [{\"id\": 7, \"file_name\": \"a.png\", \"width\": 20, \"height\": 10, \"caption\":"
                + " \"🐕 dog\"}], \"annotations\": [" + annotations + "]}";
        return AnnotationFile.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "file");
    }

    private static String box(String numbers, String more) {
        return "{\"id\": 3, \"image_id\": 7, \"bbox\": [" + numbers + "], \"tokens_positive\": [[0, 5]]" + more + "}";
    }

    @Test
    void boxesAreCutAtTheBorderAndWhatIsNoObjectGoes() throws IOException {
        TrainingExample e = AnnotatedExamples.of(
                file(String.join(
                                ", ",
                                box("1, 2, 3, 4", ""),
                                box("-2, -3, 50, 6", ""),
                                box("1, 1, 5, 5", ", \"iscrowd\": 1"),
                                box("1, 1, 0, 5", ""),
                                box("5, 5, -2, 5", ""),
                                box("20, 0, 5, 5", ""),
                                box("3, -9, 5, 9", "")))
                        .images()
                        .get(0),
                IMAGE);
        List<CodePointSpan> words = List.of(new CodePointSpan(0, 5));
        assertEquals(
                List.of(
                        new ExampleObject(new PixelBox(1, 2, 4, 6), words, null),
                        new ExampleObject(new PixelBox(0, 0, 20, 3), words, null)),
                e.captions().get(0).objects());
        assertEquals("image 7 (a.png)", e.id());
    }

    @Test
    void isFinalIsToldWhereTheEntryHasOne() throws IOException {
        TrainingExample e = AnnotatedExamples.of(
                file(box("1, 2, 3, 4", ", \"isfinal\": true") + ", " + box("0, 0, 1, 1", ""))
                        .images()
                        .get(0),
                IMAGE);
        assertEquals(
                List.of(true, false),
                e.captions().get(0).objects().stream()
                        .map(ExampleObject::isFinal)
                        .toList());
    }

    @Test
    void imagesAreReadFromTheFolder() throws IOException {
        AnnotatedExamples examples = new AnnotatedExamples(file(""), folder);
        assertEquals(1, examples.count());
        assertEquals(
                folder.resolve("a.png") + ": no such file",
                assertThrows(ImageReadException.class, () -> examples.read(0)).getMessage());
        ImageIO.write(IMAGE.toBufferedImage(), "png", folder.resolve("a.png").toFile());
        assertEquals(IMAGE, examples.read(0).image());
        ImageIO.write(
                new RgbImage(10, 20, new byte[600]).toBufferedImage(),
                "png",
                folder.resolve("a.png").toFile());
        assertEquals(
                "image 7 (a.png): expected 20x10 pixels as the annotations say, got 10x20; use the picture that the boxes"
                        + " were drawn on, or scale them to this one and state its size",
                assertThrows(IllegalArgumentException.class, () -> examples.read(0))
                        .getMessage());
    }

    @Test
    void filesThatAreMissingAreNamedBeforeTheyAreRead() throws IOException {
        AnnotatedExamples examples = new AnnotatedExamples(file(""), folder);
        assertEquals(
                "image 7 (a.png): expected the file " + folder.resolve("a.png")
                        + ", which is not there; is this the folder of the images?",
                assertThrows(IllegalArgumentException.class, examples::requireFiles)
                        .getMessage());
        ImageIO.write(IMAGE.toBufferedImage(), "png", folder.resolve("a.png").toFile());
        examples.requireFiles();
    }

    @Test
    void aSpanBeyondTheCaptionIsNamed() throws IOException {
        AnnotationFile file =
                file("{\"id\": 3, \"image_id\": 7, \"bbox\": [1, 1, 1, 1], \"tokens_positive\": [[2, 6]]}");
        assertEquals(
                "image 7 (a.png): annotation 3: span [2, 6) reaches beyond the caption's 5 characters",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> AnnotatedExamples.of(file.images().get(0), IMAGE))
                        .getMessage());
    }
}
