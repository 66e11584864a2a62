package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the published format says arrives; what it does not allow is refused by entry and field. */
class AnnotationFileTest {
    static final String EXAMPLE = """
            {"info": [], "annotations": [
              {"id": 1, "image_id": 7, "bbox": [10.5, 20, 30, 40], "area": 1200, "iscrowd": 0, "category_id": 1,
               "tokens_positive": [[2, 5], [6, 9]], "segmentation": [[1, 2, 3, 4, 5, 6]]},
              {"id": 2, "image_id": 7, "bbox": [0, 0, 0, -1], "area": 0, "iscrowd": 1, "isfinal": true,
               "tokens_positive": [], "tokens": [[0, 1]], "segmentation": {"size": [4, 5], "counts": [3, 2, 15]}},
              {"id": 3, "image_id": 8, "bbox": [1, 1, 2, 2], "tokens_positive": [[0, 1]],
               "segmentation": {"size": [4, 5], "counts": "52203"}}],
             "categories": [{"id": 1, "name": "object"}],
             "images": [
              {"id": 7, "file_name": "a.jpg", "width": 640, "height": 480, "caption": "A 🐕 and a dog",
               "dataset_name": "flickr", "original_id": 123, "sentence_id": 2, "tokens_negative": [[0, 1]],
               "tokens_positive_eval": [[[2, 5]], [[6, 9], [10, 11]]]},
              {"id": 8, "file_name": "b.jpg", "width": 4, "height": 5, "caption": "what is it?", "questionId": "q1",
               "answer": "cup", "question_type": null},
              {"id": 9, "file_name": "c.jpg", "width": 4, "height": 5, "caption": ""}]}
            """;

    static AnnotationFile read(String json) throws IOException {
        return AnnotationFile.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "file.json");
    }

    @ParameterizedTest
    @CsvSource({"UTF-8, ''", "UTF-8, EFBBBF", "UTF-16LE, FFFE", "UTF-16BE, FEFF", "UTF-16LE, ''", "UTF-32LE, FFFE0000"})
    void theEncodingIsFoundByTheFirstBytes(Charset charset, String mark) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HexFormat.of().parseHex(mark));
        bytes.writeBytes(EXAMPLE.getBytes(charset));
        AnnotationFile file = AnnotationFile.read(new ByteArrayInputStream(bytes.toByteArray()), "file.json");
        assertEquals("A 🐕 and a dog", file.images().get(0).caption());
    }

    @Test
    void bytesThatAreNoTextAreNamedByTheirPlace() {
        byte[] bytes = "{\n\"images\": [{\"caption\": \"caf\u00e9 \"}]}".getBytes(StandardCharsets.ISO_8859_1);
        AnnotationException e = assertThrows(
                AnnotationException.class, () -> AnnotationFile.read(new ByteArrayInputStream(bytes), "file.json"));
        assertEquals("file.json: not UTF-8 in line 2: byte 0xE9 at offset 29; save it as UTF-8", e.getMessage());
    }

    @Test
    void everyFieldOfTheFormatArrives() throws IOException {
        List<CaptionedImage> images = read(EXAMPLE).images();
        assertEquals(3, images.size());
        CaptionedImage a = images.get(0);
        assertEquals("A 🐕 and a dog", a.caption());
        assertEquals(new CaptionedImage.Source("flickr", "123", null, null, "2", null), a.source());
        assertEquals(List.of(new CodePointSpan(0, 1)), a.tokensNegative());
        assertEquals(
                List.of(List.of(new CodePointSpan(2, 5)), List.of(new CodePointSpan(6, 9), new CodePointSpan(10, 11))),
                a.tokensPositiveEval());
        assertNull(a.question());
        Annotation first = a.annotations().get(0);
        assertEquals(10.5f, first.x());
        assertEquals(40, first.height());
        assertEquals(List.of(new CodePointSpan(2, 5), new CodePointSpan(6, 9)), first.tokensPositive());
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6},
                assertInstanceOf(Segmentation.Polygons.class, first.segmentation())
                        .outlines()
                        .get(0));
        Annotation second = a.annotations().get(1);
        assertEquals(List.of(new CodePointSpan(0, 1)), second.tokensPositive(), "tokens wins");
        assertTrue(second.crowd() && second.isFinal());
        assertEquals(-1, second.height(), "as it stands; who trains drops it");
        assertEquals(
                List.of(3L, 2L, 15L),
                assertInstanceOf(Segmentation.Runs.class, second.segmentation()).counts());
        CaptionedImage b = images.get(1);
        assertEquals(new CaptionedImage.Question("q1", "cup", null), Objects.requireNonNull(b.question()));
        assertEquals(
                new Segmentation.CompressedRuns(4, 5, "52203"),
                b.annotations().get(0).segmentation());
        assertEquals(List.of(), images.get(2).annotations());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | expected a JSON object with 'images'",
                "[] | expected a JSON object with 'images'",
                "{} | expected 'images', got none",
                "{\"images\": 3} | 'images': expected an array, got 3",
                "{\"images\": [3]} | images[0]: expected an object, got 3",
                "{\"images\": [[{}]]} | images[0]: expected an object, got an array",
                "{\"images\": [{ | is not JSON",
                "{\"images\": [{}]} | images[0]: expected 'id', got none",
                "{\"images\": [{\"id\": 1.5}]} | images[0]: id: expected an integer or a text, got 1.5",
                "{\"images\": [{\"id\": null}]} | images[0]: id: expected an integer or a text, got null",
                "{\"images\": [{\"id\": 7, \"width\": 0}]} | image 7: width: expected a size of 1 or more, got 0",
                "{\"images\": [{\"id\": 7, \"width\": \"wide\"}]} | image 7: width: expected a size in pixels, got \"wide\"",
                "{\"annotations\": [{\"tokens_positive\": [[1]]}]} | annotations[0]: tokens_positive: expected [begin, end], got 1 numbers",
                "{\"annotations\": [{\"tokens_positive\": [[3, 1]]}]} | in order, got [3.0, 1.0]",
                "{\"annotations\": [{\"tokens_positive\": [[0.5, 1]]}]} | in order, got [0.5, 1.0]",
                "{\"annotations\": [{\"tokens_positive\": [0, 3, 4, 7]}]} | expected [begin, end], got 4 numbers",
                "{\"annotations\": [{\"tokens_positive\": [[0, 3], 4]}]} | expected [begin, end], got 4",
                "{\"annotations\": [{\"tokens_positive\": {\"begin\": 0}}]} | expected [[begin, end], …], got an object",
                "{\"annotations\": [{\"tokens_positive\": \"cat\"}]} | expected [[begin, end], …], got \"cat\"",
                "{\"annotations\": [{\"id\": 4, \"bbox\": [1, 2, 3]}]} | annotation 4: bbox: expected [x, y, width, height], got 3 numbers",
                "{\"annotations\": [{\"image_id\": 5, \"bbox\": [1, 2], \"id\": 4}]} | annotation 4 of image 5: bbox: expected",
                "{\"annotations\": [{\"bbox\": [1, 2, 3, 1e99]}]} | expected a number that 32 bits can hold",
                "{\"annotations\": [{\"bbox\": [1, 2, 3, NaN]}]} | expected a number that 32 bits can hold, got NaN",
                "{\"annotations\": [{\"bbox\": [1, 2, 3, \"wide\"]}]} | expected a number, got \"wide\"",
                "{\"annotations\": [{\"bbox\": [[1, 2], [3, 4]]}]} | expected [x, y, width, height], got an array",
                "{\"annotations\": [{\"bbox\": {\"x\": 1}}]} | expected [x, y, width, height], got an object",
                "{\"annotations\": [{\"image_id\": 1}]} | annotations[0] of image 1: expected 'bbox', got none",
                "{\"annotations\": [{\"image_id\": 5, \"bbox\": [1, 2, 3, 4]}]} | annotations[0] of image 5: image_id: expected the id of one of 'images', got 5",
                "{\"images\": []} 3 | expected one JSON object, got more behind it in line 1",
                "{\"images\": [nul]} | is not JSON: Unrecognized token 'nul'",
            })
    void whatTheFormatDoesNotAllowIsNamed(String json, String expected) {
        // Files of annotations alone lack nothing else.
        String whole = json.startsWith("{\"annotations\": [") ? "{\"images\": [], " + json.substring(1) : json;
        String message =
                assertThrows(AnnotationException.class, () -> read(whole)).getMessage();
        assertTrue(message.startsWith("file.json: ") && message.contains(expected), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void aFolderIsNamed(@TempDir Path folder) {
        String message = assertThrows(AnnotationException.class, () -> AnnotationFile.read(folder))
                .getMessage();
        assertEquals(folder + ": is a folder, expected a file of annotations", message);
    }

    @Test
    void anIdIsTakenOnce() {
        String image = "{\"id\": 1, \"file_name\": \"a\", \"width\": 1, \"height\": 1, \"caption\": \"a\"}";
        String message = assertThrows(
                        AnnotationException.class, () -> read("{\"images\": [" + image + ", " + image + "]}"))
                .getMessage();
        assertEquals(
                "file.json: image 1: id: expected an id of its own, got that of an image before in images[1]", message);
    }
}
