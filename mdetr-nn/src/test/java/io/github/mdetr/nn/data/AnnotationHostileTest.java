package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.testing.Bounded;
import io.github.mdetr.nn.data.check.AnnotationCheck;
import io.github.mdetr.nn.data.check.CheckReport;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files that are made to be slow or large: time and memory grow with their length and no faster. */
class AnnotationHostileTest {
    private static final long FREE_BYTES = 8 << 20;
    private static final int MULTIPLE = 200;
    private static final String IMAGE =
            "{\"id\": 1, \"file_name\": \"a\", \"width\": 20, \"height\": 10, \"caption\": \"a dog\"}";
    private static final String BOX = "{\"id\": 1, \"image_id\": 1, \"bbox\": [1, 2, 3, 4]";

    private static AnnotationFile survey(String images, String annotations) throws Exception {
        byte[] bytes = ("{\"images\": [" + images + "], \"annotations\": [" + annotations + "]}")
                .getBytes(StandardCharsets.UTF_8);
        return Bounded.call(
                FREE_BYTES + (long) MULTIPLE * bytes.length,
                () -> AnnotationFile.survey(new ByteArrayInputStream(bytes), "hostile"));
    }

    private static String many(String what, int times) {
        return "\"segmentation\": [" + (what + ",").repeat(times - 1) + what + "]";
    }

    private static CheckReport check(AnnotationFile file) throws Exception {
        long length = file.images().stream()
                .mapToLong(i -> i.caption().length()
                        + 60L * i.annotations().size()
                        + i.fileName().length())
                .sum();
        return Bounded.call(
                FREE_BYTES
                        + 50 * MULTIPLE * length
                        + 1000L * file.problems().listed().size(),
                () -> new AnnotationCheck(file).run(f -> {
                    assertTrue(f.line().length() < 2000, "a line of " + f.line().length());
                }));
    }

    @Test
    void aMillionOutlines() throws Exception {
        AnnotationFile file = survey(IMAGE, BOX + ", " + many("[]", 1_000_000) + "}");
        assertEquals(0, file.problems().errors());
    }

    @Test
    void aMillionValuesThatAreNoOutlines() throws Exception {
        AnnotationFile file = survey(IMAGE, BOX + ", " + many("0", 1_000_000) + "}");
        assertEquals(1, file.problems().count(EntryProblem.Kind.FIELD));
    }

    @Test
    void aMillionEntriesThatAreNone() throws Exception {
        AnnotationFile file = survey(IMAGE, "0,".repeat(999_999) + "0");
        assertEquals(1_000_000, file.problems().count(EntryProblem.Kind.ENTRY));
        assertTrue(file.problems().listed().size() <= 100_000);
        assertEquals(1_000_000, check(file).errors());
    }

    @Test
    void aMillionEntriesThatAreNoneRefusedAtOnce() {
        byte[] bytes = ("{\"images\": [" + "0,".repeat(999_999) + "0]}").getBytes(StandardCharsets.UTF_8);
        assertEquals(
                "hostile: images[0]: expected an object, got 0; 999999 more errors",
                assertThrows(
                                AnnotationException.class,
                                () -> Bounded.call(
                                        FREE_BYTES + (long) MULTIPLE * bytes.length,
                                        () -> AnnotationFile.read(new ByteArrayInputStream(bytes), "hostile")))
                        .getMessage());
    }

    @Test
    void aHundredThousandTimesOneKey() throws Exception {
        AnnotationFile file = survey(IMAGE, BOX + ", \"area\": 1".repeat(100_000) + "}");
        assertEquals(99_999, file.problems().fields().get("area"));
        assertEquals(1, file.images().get(0).annotations().size());
    }

    @Test
    void bracketsWithoutEnd() {
        String deep = "[".repeat(200_000);
        for (String field : new String[] {"segmentation", "tokens_positive", "unknown"}) {
            String message = assertThrows(
                            AnnotationException.class, () -> survey(IMAGE, BOX + ", \"" + field + "\": " + deep))
                    .getMessage();
            assertTrue(message.startsWith("hostile: holds more than is read: "), message);
            assertEquals(1, message.lines().count());
        }
    }

    @Test
    void aNumberOfAMillionDigits() {
        String digits = "7".repeat(1_000_000);
        for (String field : new String[] {"id", "area", "segmentation"}) {
            String message = assertThrows(
                            AnnotationException.class,
                            () -> survey(IMAGE, BOX + ", \"" + field + "\": " + digits + "}"))
                    .getMessage();
            assertTrue(message.length() < 300, "a line of " + message.length());
        }
    }

    /** Where a number as a text is a number, and its exponent an allocation. */
    @Test
    void aNumberWithAHugeExponentIsNone() throws Exception {
        AnnotationFile file = survey(
                IMAGE,
                BOX + ", \"area\": 1e999999999}, " + BOX + ", \"id\": 1e999999999}, " + BOX
                        + ", \"area\": \"1e999999999\"}");
        assertEquals(Map.of("area", 2L, "id", 2L), file.problems().fields(), "the id comes twice besides");
    }

    @Test
    void aTextOfMegabytes() throws Exception {
        String text = "x".repeat(8_000_000);
        AnnotationFile file = survey(IMAGE, BOX + ", \"imageData\": \"" + text + "\", \"area\": \"" + text + "\"}");
        assertTrue(file.problems().listed().get(0).message().length() < 200);
    }

    /** Each span stands in the caption, and a finding quotes it: a long caption must not be copied or searched for each. */
    @Test
    void manySpansOfALongCaption() throws Exception {
        String caption = "a".repeat(400_000);
        StringBuilder spans = new StringBuilder("[1, 399999]");
        for (int i = 1; i < 40_000; i++) {
            spans.append(", [").append(i).append(", ").append(399_999 - i).append(']');
        }
        AnnotationFile file = survey(
                IMAGE.replace("a dog", caption),
                BOX + ", \"tokens_positive\": [" + spans + "]}, " + BOX + ", \"tokens_positive\": [[0, 400000]]}");
        assertEquals(40_000, check(file).notes());
    }

    /** An image's name stands in every finding about it. */
    @Test
    void manyFindingsOfALongName() throws Exception {
        String boxes = (BOX.replace("[1, 2, 3, 4]", "[1, 2, 0, 0]") + "}, ").repeat(20_000);
        AnnotationFile file = survey(IMAGE.replace("\"a\"", '"' + "n".repeat(1_000_000) + '"'), boxes + BOX + "}");
        assertEquals(20_000, check(file).errors());
    }
}
