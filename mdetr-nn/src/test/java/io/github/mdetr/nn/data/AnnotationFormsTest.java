package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.data.EntryProblem.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms in which tools write what a box does not need: taken or passed over, and counted; what a box needs stays. */
class AnnotationFormsTest {
    private static final String IMAGE =
            "{\"id\": 1, \"file_name\": \"a.png\", \"width\": 20, \"height\": 10, \"caption\": \"a dog\"}";
    private static final List<CodePointSpan> DOG = List.of(new CodePointSpan(2, 5));

    private static AnnotationFile file(String image, String annotation) throws IOException {
        return AnnotationFileTest.read("{\"images\": [" + image + "], \"annotations\": [" + annotation + "]}");
    }

    private static String annotation(String fields) {
        return "{\"image_id\": 1, \"bbox\": [1, 2, 3, 4], \"tokens_positive\": [[2, 5]]" + fields + "}";
    }

    private static AnnotationFile survey(String json) throws IOException {
        return AnnotationFile.survey(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"id\": \"c33c3539-8bd1-48e0-8065-831709e5e64d\" | id",
                "\"id\": null | id",
                "\"id\": 7.0 | id",
                "\"id\": 7.5 | id",
                "\"id\": NaN | id",
                "\"id\": {\"$oid\": \"5f\"} | id",
                "\"iscrowd\": 0.0 | iscrowd",
                "\"iscrowd\": \"0\" | iscrowd",
                "\"iscrowd\": \"False\" | iscrowd",
                "\"iscrowd\": null | iscrowd",
                "\"iscrowd\": [] | iscrowd",
                "\"isfinal\": null | isfinal",
                "\"area\": null | area",
                "\"area\": \"12.5\" | area",
                "\"area\": \"large\" | area",
                "\"area\": NaN | area",
                "\"area\": -Infinity | area",
                "\"area\": [1, [2, {\"a\": []}]] | area",
                "\"segmentation\": [1, 1, 9, 1, 9, 9] | segmentation",
                "\"segmentation\": {} | segmentation",
                "\"segmentation\": \"[[1, 2]]\" | segmentation",
                "\"segmentation\": 0 | segmentation",
                "\"segmentation\": [[1, 2, 3]] | segmentation",
                "\"segmentation\": [[[1, 2], [3, 4]]] | segmentation",
                "\"segmentation\": [[[[]]]] | segmentation",
                "\"segmentation\": [null] | segmentation",
                "\"segmentation\": {\"size\": [\"a\", 1], \"counts\": \"52\"} | segmentation",
                "\"segmentation\": {\"size\": [4, 5], \"counts\": [-1]} | segmentation",
                "\"segmentation\": {\"size\": [4, 5], \"counts\": {\"b\": [1]}} | segmentation",
                "\"segmentation\": {\"size\": [0, 5], \"counts\": \"52\"} | segmentation",
                "\"id\": 3, \"id\": 4 | id",
            })
    void whatABoxDoesNotNeedIsPassedOverAndCounted(String fields, String field) throws IOException {
        AnnotationFile file = file(IMAGE, annotation(", " + fields));
        assertEquals(Map.of(field, 1L), file.problems().fields(), fields);
        assertEquals(1, file.problems().count(Kind.FIELD));
        assertEquals(0, file.problems().errors());
        Annotation a = file.images().get(0).annotations().get(0);
        assertEquals(new Annotation(a.id(), 1, 2, 3, 4, a.area(), false, DOG, false, null), a, fields);
        assertEquals(
                "1 value that a box does not need is in another form (" + field + " 1)",
                file.problems().notes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"iscrowd\": false",
                "\"segmentation\": null",
                "\"segmentation\": []",
                "\"id\": 12345678901234567890123456789",
                "\"attributes\": {\"occluded\": [false, {\"track\": null}], \"bbox\": \"no\"}",
                "\"score\": NaN",
                "\"imageData\": \"aGVsbG8=\"",
            })
    void whatIsAsTheFormatHasItOrUnknownIsNotCounted(String fields) throws IOException {
        AnnotationFile file = file(IMAGE, annotation(fields.isEmpty() ? "" : ", " + fields));
        assertEquals("", file.problems().notes());
        assertEquals(1, file.images().get(0).annotations().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7 | 7.0",
                "7 | \"7\"",
                "\"7.0\" | 7",
                "\"img_0001\" | \"img_0001\"",
                "\"007\" | \"007\"",
                "\"1e2\" | \"1e2\"",
                "340282366920938463463374607431768211455 | 340282366920938463463374607431768211455",
            })
    void idsOfImagesMeetInWhateverFormTheyAre(String id, String reference) throws IOException {
        AnnotationFile file = file(
                IMAGE.replace("\"id\": 1", "\"id\": " + id),
                annotation("").replace("\"image_id\": 1", "\"image_id\": " + reference));
        assertEquals(1, file.images().get(0).annotations().size());
    }

    /** 1e2 as a text is a name, not the number 100, and 007 not 7. */
    @ParameterizedTest
    @CsvSource({"'\"1e2\"', 100", "'\"007\"', 7", "7, 8", "'\"a\"', '\"A\"'"})
    void idsThatAreNotTheSameDoNotMeet(String id, String reference) {
        assertThrows(
                AnnotationException.class,
                () -> file(
                        IMAGE.replace("\"id\": 1", "\"id\": " + id),
                        annotation("").replace("\"image_id\": 1", "\"image_id\": " + reference)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[2, 5]", "[[[2, 5]]]", "[[2.0, 5.0]]", "[[\"2\", \"5\"]]", "[\"2\", 5]"})
    void spansThatCanBeReadInOneWayAreTaken(String spans) throws IOException {
        Annotation a = file(IMAGE, annotation("").replace("[[2, 5]]", spans))
                .images()
                .get(0)
                .annotations()
                .get(0);
        assertEquals(DOG, a.tokensPositive());
    }

    @Test
    void bracketsTooFewOrTooManyAreCounted() throws IOException {
        EntryProblems problems = file(
                        IMAGE,
                        annotation("").replace("[[2, 5]]", "[2, 5]") + ","
                                + annotation("").replace("[[2, 5]]", "[[[0, 1], [2, 5]]]"))
                .problems();
        assertEquals(2, problems.count(Kind.SPAN_FORM));
        assertEquals("2 spans have other brackets than [[begin, end]]", problems.notes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null"})
    void anAnnotationWithoutABoxIsLeftOut(String box) throws IOException {
        AnnotationFile file = file(IMAGE, annotation("") + "," + annotation("").replace("[1, 2, 3, 4]", box));
        assertEquals(1, file.images().get(0).annotations().size());
        assertEquals("1 annotation without a box is left out", file.problems().notes());
    }

    @Test
    void numbersOfABoxMayBeTexts() throws IOException {
        Annotation a = file(IMAGE, annotation("").replace("[1, 2, 3, 4]", "[\"1\", \" 2.5 \", 3, \"4e0\"]"))
                .images()
                .get(0)
                .annotations()
                .get(0);
        assertEquals(List.of(1f, 2.5f, 3f, 4f), List.of(a.x(), a.y(), a.width(), a.height()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"20\"", "20.0"})
    void sizesMayBeTexts(String width) throws IOException {
        assertEquals(
                20,
                file(IMAGE.replace("\"width\": 20", "\"width\": " + width), "")
                        .images()
                        .get(0)
                        .width());
    }

    /** As Python reads it. */
    @Test
    void ofTwoKeysTheLastCounts() throws IOException {
        AnnotationFile file = AnnotationFileTest.read(
                "{\"images\": [" + IMAGE + "], \"images\": [" + IMAGE.replace("1,", "9, \"id\": 1,")
                        + "], \"annotations\": [{\"image_id\": 5, \"bbox\": [1, 1, 1, 1]}], \"annotations\": ["
                        + annotation(", \"bbox\": [5, 6, 7, 8]") + "]}");
        assertEquals(5, file.images().get(0).annotations().get(0).x());
    }

    @Test
    void noAnnotationsAreNone() throws IOException {
        for (String rest : List.of("", ", \"annotations\": null", ", \"annotations\": []")) {
            assertEquals(
                    List.of(),
                    AnnotationFileTest.read("{\"images\": [" + IMAGE + "]" + rest + "}")
                            .images()
                            .get(0)
                            .annotations());
        }
    }

    @Test
    void aSurveyGoesOnBehindEveryError() throws IOException {
        AnnotationFile file =
                survey("{\"images\": [3, {\"id\": 8}, " + IMAGE + "," + IMAGE + ", {\"id\": 2, \"file_name\": [[1]],"
                        + " \"width\": 0, \"height\": 5, \"caption\": {\"raw\": [\"a\"]}}], \"annotations\": [[[]], "
                        + annotation("").replace("[1, 2, 3, 4]", "[[1, [2]], 3]") + ","
                        + annotation("").replace("[[2, 5]]", "[[2, [5]]]") + ","
                        + annotation("").replace("\"image_id\": 1", "\"image_id\": 2") + ","
                        + annotation(", \"id\": 77").replace("\"image_id\": 1", "\"image_id\": 3") + ","
                        + annotation(", \"id\": 78") + "]}");
        assertEquals(1, file.images().size());
        assertEquals("78", file.images().get(0).annotations().get(0).id());
        assertEquals(1, file.images().get(0).annotations().size());
        List<String> found = file.problems().listed().stream()
                .map(p -> p.kind() + " " + p.entry() + ": " + p.message())
                .toList();
        assertEquals(
                List.of(
                        "ENTRY images[0]: expected an object, got 3",
                        "ENTRY image 8: expected 'file_name', got none",
                        "CAPTION image 8: expected 'caption', got none",
                        "ENTRY image 8: expected 'width', got none",
                        "ENTRY image 8: expected 'height', got none",
                        "ID_TWICE image 1: id: expected an id of its own, got that of an image before in images[3]",
                        "ENTRY image 2: file_name: expected a text, got an array",
                        "ENTRY image 2: width: expected a size of 1 or more, got 0",
                        "ENTRY image 2: caption: expected a text, got an object",
                        "ENTRY annotations[0]: expected an object, got an array",
                        "BOX annotations[1] of image 1: bbox: expected [x, y, width, height], got an array",
                        "SPAN annotations[2] of image 1: tokens_positive: expected [begin, end], got an array",
                        "ORPHAN annotation 77 of image 3: image_id: expected the id of one of 'images', got 3"),
                found);
    }

    @Test
    void theFirstErrorIsNamedAndTheOthersAreCounted() {
        String message = assertThrows(
                        AnnotationException.class,
                        () -> file(IMAGE, annotation("").replace("[1, 2, 3, 4]", "[1]") + ", 3, 4"))
                .getMessage();
        assertEquals(
                "file.json: annotations[0] of image 1: bbox: expected [x, y, width, height], got 1 numbers; 2 more errors",
                message);
    }

    @Test
    void categoriesWithoutCaptionsAreToldWhatToDo() {
        String image = IMAGE.replace(", \"caption\": \"a dog\"", "");
        String message = assertThrows(
                        AnnotationException.class,
                        () -> file(image + "," + image.replace("\"id\": 1", "\"id\": 2"), annotation("")))
                .getMessage();
        assertEquals("file.json: " + AnnotationFile.WITHOUT_CAPTIONS, message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void anImageWithoutACaptionAmongOthersIsNamed() {
        String image = IMAGE.replace(", \"caption\": \"a dog\"", "").replace("\"id\": 1", "\"id\": 2");
        String message = assertThrows(AnnotationException.class, () -> file(IMAGE + "," + image, ""))
                .getMessage();
        assertEquals("file.json: image 2: expected 'caption', got none", message);
    }

    /** An id stands in every message about its entry. */
    @Test
    void anIdIsNoBook() throws IOException {
        String book = "a".repeat(100_000);
        AnnotationFile file = survey(
                "{\"images\": [" + IMAGE + "], \"annotations\": [" + annotation(", \"id\": \"" + book + "\"") + "]}");
        assertNull(file.images().get(0).annotations().get(0).id());
        assertTrue(file.problems().listed().get(0).message().length() < 200);
    }

    @Test
    void masksThatAreWellFormedAreKept() throws IOException {
        AnnotationFile file =
                file(IMAGE, annotation(", \"segmentation\": {\"size\": [10, 20], \"counts\": \"52203\"}"));
        assertEquals(
                new Segmentation.CompressedRuns(10, 20, "52203"),
                file.images().get(0).annotations().get(0).segmentation());
    }
}
